"""Order and merging, as rules over items."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from digest import board
from digest.model import Audience, Kind, Link, LinkKind, Notice, State, Wording
from digest.text import LONGEST
from meetinghub.errors import Invalid, Refused, Stale
from meetinghub.ids import CommitteeId, NoticeId
from meetinghub.people.model import Role
from tests.digest.notices import notice

WEDNESDAY, FRIDAY = date(2026, 11, 25), date(2026, 11, 27)
ONE, TWO = CommitteeId(1), CommitteeId(2)


def act(title: str, due: date = WEDNESDAY, at: time | None = None, **more: object) -> Wording:
    return replace(Wording(title, kind=Kind.ACTION, due_on=due, due_at=at), **more)  # type: ignore[arg-type]


def heading(each: Notice, dated: bool) -> str:
    return f"科室{each.department}：{each.wording.title}" + (f"（{each.wording.due_on}）" if dated else "")


ITEMS = [
    notice(1, Wording("请知悉甲")),
    notice(2, act("后办", FRIDAY)),
    notice(3, act("先办")),
    notice(4, Wording("请知悉乙")),
    notice(5, act("也先办")),
]


def numbers(found: list[Notice]) -> list[int]:
    return [each.id for each in found]


def test_actions_stand_by_date_before_information() -> None:
    assert numbers(board.arranged(ITEMS)) == [3, 5, 2, 1, 4]
    assert [(each.up, each.down) for each in board.standing(ITEMS)] == [
        (False, True),
        (True, False),
        (False, False),
        (False, True),
        (True, False),
    ]


def test_an_earlier_hour_of_the_same_day_comes_first() -> None:
    found = board.arranged([notice(1, act("整天")), notice(2, act("中午前", at=time(12)))])
    assert numbers(found) == [2, 1]


def test_an_item_moves_among_those_of_its_day() -> None:
    wanted = board.moved(ITEMS, NoticeId(5), 0)
    positions = board.ordered(ITEMS, wanted)
    assert sorted(positions, key=lambda each: positions[each]) == [5, 3, 2, 1, 4]


def test_no_order_moves_an_action_past_its_date() -> None:
    positions = board.ordered(ITEMS, [NoticeId(each) for each in (4, 1, 2, 5, 3)])
    assert sorted(positions, key=lambda each: positions[each]) == [5, 3, 2, 4, 1]


@given(some.permutations([1, 2, 3, 4, 5]))
def test_whatever_order_is_said_each_item_has_one_place(wanted: list[int]) -> None:
    positions = board.ordered(ITEMS, [NoticeId(each) for each in wanted])
    assert sorted(positions.values()) == [1, 2, 3, 4, 5]
    placed = [replace(each, position=positions[each.id]) for each in ITEMS]
    assert numbers(board.arranged(placed)) == sorted(positions, key=lambda each: positions[each])


@pytest.mark.parametrize("wanted", [[], [1, 2, 3, 4], [1, 2, 3, 4, 5, 6], [1, 1, 3, 4, 5]])
def test_an_order_of_other_items_is_refused(wanted: list[int]) -> None:
    with pytest.raises(Stale):
        board.ordered(ITEMS, [NoticeId(each) for each in wanted])
    with pytest.raises(Stale):
        board.moved(ITEMS, NoticeId(99), 0)


def test_what_somebody_saw_is_held_against_what_is_there() -> None:
    seen = board.mark(ITEMS)
    board.must_be(list(reversed(ITEMS)), seen)
    for changed in (
        replace(ITEMS[0], revision=2),
        replace(ITEMS[0], position=9),
        replace(ITEMS[0], state=State.FROZEN),
    ):
        with pytest.raises(Stale):
            board.must_be([changed, *ITEMS[1:]], seen)
    with pytest.raises(Stale):
        board.must_be(ITEMS[1:], seen)


def test_a_merged_item_takes_the_earliest_date_and_everybody() -> None:
    one = notice(1, act("用气安全", FRIDAY, text="检查软管。", audiences=(Audience(frozenset({ONE})),)))
    two = notice(
        2,
        act(
            "独居老人",
            WEDNESDAY,
            time(12),
            text="逐户走访。",
            audiences=(Audience(frozenset({TWO}), (Role.DIRECTOR,)),),
        ),
        departments=(4,),
    )
    found = board.united([one, two], heading)
    assert (found.title, found.kind, found.due_on, found.due_at) == ("用气安全", Kind.ACTION, WEDNESDAY, time(12))
    assert found.audiences == (*one.wording.audiences, *two.wording.audiences)
    assert found.text == ("科室3：用气安全（2026-11-27）\n检查软管。\n\n科室4：独居老人（2026-11-25）\n逐户走访。")


def test_dates_are_named_only_where_they_differ() -> None:
    found = board.united([notice(1, act("甲")), notice(2, Wording("乙")), notice(3, act("丙"))], heading)
    assert found.text == "科室3：甲\n\n科室3：乙\n\n科室3：丙"
    assert (found.kind, found.due_on, found.due_at) == (Kind.ACTION, WEDNESDAY, None)


def test_information_stays_information() -> None:
    found = board.united([notice(1, Wording("甲")), notice(2, Wording("乙"))], heading)
    assert (found.kind, found.due_on, found.audiences) == (Kind.INFORMATION, None, (Audience(),))


def test_what_joins_a_merged_item_comes_after_what_it_says() -> None:
    merged = notice(7, act("合成", text="改过的话。"), sources=(1, 2))
    assert board.united([merged, notice(3, Wording("丙", "正文"))], heading).text == "改过的话。\n\n科室3：丙\n正文"


def test_every_link_is_kept() -> None:
    meeting, page = Link(LinkKind.MEETING, "7"), Link(LinkKind.PAGE, "/ledger")
    web = Link(LinkKind.WEB, "https://example.org/a")
    found = board.united(
        [
            notice(1, Wording("甲")),
            notice(2, Wording("乙", link=web)),
            notice(3, Wording("丙[一]", link=meeting)),
            notice(4, Wording("丁", link=page)),
            notice(5, Wording("戊", link=web)),
        ],
        heading,
    )
    assert found.link == web
    assert "[丙【一】](/meetings/7)" in found.text
    assert "[丁](/ledger)" in found.text
    assert "example.org" not in found.text
    other = board.united([notice(1, Wording("甲", link=page)), notice(2, Wording("乙", link=web))], heading)
    assert "\nhttps://example.org/a" in other.text


def test_a_merged_text_that_nobody_can_read_is_refused() -> None:
    half = Wording("甲", "字" * (LONGEST // 2))
    with pytest.raises(Refused, match="too_long"):
        board.united([notice(1, half), notice(2, half)], heading)


def test_a_correction_reaches_everybody_who_got_the_mistake() -> None:
    wrong = Wording("甲", audiences=(Audience(frozenset({ONE, TWO})),))
    board.must_still_reach(wrong, Wording("乙"), [ONE, TWO])
    with pytest.raises(Invalid):
        board.must_still_reach(wrong, Wording("乙", audiences=(Audience(frozenset({ONE})),)), [ONE, TWO])
