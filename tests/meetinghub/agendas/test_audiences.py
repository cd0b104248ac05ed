"""Whom segments concern, and from when to when."""

from __future__ import annotations

from dataclasses import replace

from meetinghub.agendas import audiences
from meetinghub.agendas.audiences import Part, Strip, concerns, part, reaches, signatures, strips, waiting
from meetinghub.agendas.board import insert
from meetinghub.agendas.preview import compare
from meetinghub.ids import CommitteeId, PersonId
from meetinghub.meetings.model import Audience
from meetinghub.people.model import Person, Role
from tests.meetinghub.agendas.examples import AGENDA, FIRE, PROJECTS, WARM

BOTH = Audience(("secretary", "director"))


def person(number: int, *roles: Role, lines: tuple[str, ...] = (), committee: int | None = 1) -> Person:
    return Person(PersonId(number), "", "", roles, lines, None, CommitteeId(committee) if committee else None)


def test_strips_stand_in_the_order_of_the_register_s_roles() -> None:
    assert strips(AGENDA, BOTH) == (
        Strip("secretary"),
        Strip("director"),
        Strip("line_worker", "平安"),
        Strip("line_worker", "民政"),
    )


def test_each_strip_is_one_stretch_as_on_the_mockup() -> None:
    assert part(AGENDA, BOTH, Strip("secretary")) == Part(0, 30, 30)
    assert part(AGENDA, BOTH, Strip("director")) == Part(0, 80, 80)
    assert part(AGENDA, BOTH, Strip("line_worker", "民政")) == Part(30, 55, 25)
    assert part(AGENDA, BOTH, Strip("line_worker", "平安")) == Part(55, 70, 15)
    assert part(AGENDA, BOTH, Strip("volunteer")) is None


def test_a_segment_without_an_audience_concerns_whom_the_meeting_is_for() -> None:
    agenda = tuple(replace(each, audience=None) for each in AGENDA)
    assert part(agenda, BOTH, Strip("secretary")) == Part(0, 80, 80)


def test_a_segment_for_every_line_concerns_each_line_and_not_the_other_way_round() -> None:
    assert concerns(Audience(("line_worker",)), Strip("line_worker", "民政"))
    assert not concerns(Audience(("line_worker",), "民政"), Strip("line_worker"))
    assert not concerns(Audience(("line_worker",), "民政"), Strip("line_worker", "平安"))


def test_a_line_binds_line_workers_only() -> None:
    audience = Audience(("director", "line_worker"), "民政")
    assert reaches(audience, person(1, Role.DIRECTOR))
    assert reaches(audience, person(2, Role.LINE_WORKER, lines=("民政",)))
    assert not reaches(audience, person(3, Role.LINE_WORKER, lines=("平安",)))
    assert not reaches(audience, person(4, Role.SECRETARY))


def test_people_are_counted_by_what_concerns_them_and_by_site() -> None:
    here = replace(FIRE, sites=("site-04",))
    agenda = (PROJECTS, here)
    staff = [
        person(1, Role.DIRECTOR),
        person(2, Role.DIRECTOR, committee=2),
        person(3, Role.LINE_WORKER, lines=("平安",)),
        person(4, Role.SECRETARY),
        person(5, Role.DIRECTOR, committee=9),
        person(6, Role.CLERK, committee=None),
    ]
    assert signatures(agenda, BOTH, staff, {1: 4, 2: 5}) == {
        frozenset({PROJECTS.id, FIRE.id}): 1,
        frozenset({PROJECTS.id}): 1,
        frozenset({FIRE.id}): 1,
    }


def test_waiting_counts_minutes_between_one_s_own_segments() -> None:
    assert waiting(AGENDA, {frozenset({1, FIRE.id}): 2, frozenset({PROJECTS.id}): 9, frozenset(): 3}) == 2 * 45
    assert audiences.part_of(AGENDA, frozenset({1, FIRE.id})) == Part(0, 70, 25)


def test_a_preview_names_who_begins_later_who_stays_longer_and_the_new_end() -> None:
    found = compare(AGENDA, insert(AGENDA, WARM, 3), BOTH)
    assert [(each.segment.title, each.before, each.after, each.shifted, each.resized) for each in found.moved] == [
        ("冬季消防检查", (55, 70), (65, 80), True, False),
        ("提问与小结", (70, 80), (80, 90), True, False),
    ]
    changed = {each.strip: (each.before, each.after) for each in found.parts}
    assert changed[Strip("line_worker", "民政")] == (Part(30, 55, 25), Part(30, 65, 35))
    assert Strip("secretary") not in changed
    assert (found.end_before, found.end_after) == (80, 90)
