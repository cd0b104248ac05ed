"""The next edition says what the drafts change, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.errors import Invalid, Refused
from meetinghub.meetings.lifecycle import State
from meetinghub.minutes import publishing
from meetinghub.minutes.model import Content, Draft, Edition, Minutes, Owner, Said, Task, Wish
from meetinghub.minutes.naming import named
from meetinghub.minutes.publishing import check, following
from tests.meetinghub.meetings.examples import meeting
from tests.meetinghub.minutes.test_naming import REGISTER

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
MEETING = replace(meeting(), id=7)
SEGMENTS = [each.id for each in MEETING.segments]

wishes = st.builds(
    Wish,
    st.sampled_from(["上报名单", "走访", "张贴告示"]),
    st.sampled_from(["全体居委会", "民政科", "青禾1村、沈若琳"]),
    st.sampled_from([None, date(2026, 12, 1), date(2026, 12, 10)]),
)
contents = st.builds(
    Content,
    st.sampled_from(["", "甲", "乙"]),
    st.lists(st.sampled_from(["定一", "定二"]), unique=True, max_size=2).map(tuple),
    st.lists(wishes, unique_by=lambda each: each.text, max_size=3).map(tuple),
)
drafts = st.dictionaries(st.sampled_from(SEGMENTS), contents, max_size=3)


def with_drafts(minutes: Minutes, given: dict[int, Content]) -> Minutes:
    made = {number: Draft(number, content, 1, "host", NOW) for number, content in given.items()}
    return replace(minutes, drafts={**minutes.drafts, **made})


def publish(minutes: Minutes) -> Minutes:
    """What storing the next edition makes of it."""
    after = following(minutes, REGISTER, "有误")
    tasks = [replace(each, ended=after.number) if each.id in after.ended else each for each in minutes.tasks]
    for each in after.given:
        owners = tuple(Owner(0, who) for who in each.owners)
        if each.known is None:
            tasks.append(Task(len(tasks) + 1, 7, each.segment, each.text, each.due, after.number, None, owners))
        else:
            at = next(place for place, task in enumerate(tasks) if task.id == each.known)
            tasks[at] = replace(tasks[at], due=each.due, owners=owners)
    said = [Said(number, after.number, content.text, content.decisions) for number, content in after.said.items()]
    edition = Edition(after.number, "host", NOW, after.reason, after.digest)
    return replace(minutes, editions=(*minutes.editions, edition), said=(*minutes.said, *said), tasks=tuple(tasks))


@given(st.lists(drafts, min_size=1, max_size=4))
def test_after_each_edition_the_minutes_say_exactly_what_the_drafts_say(rounds: list[dict[int, Content]]) -> None:
    minutes = Minutes(MEETING, State.ENDED)
    for given_now in rounds:
        minutes = with_drafts(minutes, given_now)
        with suppress(Refused):  # nothing new
            minutes = publish(minutes)
        for number, draft in minutes.drafts.items():
            said = minutes.says(number, minutes.edition)
            now_said = (said.text, said.decisions) if said else ("", ())
            assert now_said == (draft.content.text, draft.content.decisions)
            tasks = {
                (each.text, each.due, frozenset(owner.who.ref for owner in each.owners))
                for each in minutes.tasks_of(number, minutes.edition)
            }
            assert tasks == {
                (each.text, each.due, frozenset(who.ref for who in named(each.owners, REGISTER).found))
                for each in draft.content.tasks
            }
        with pytest.raises(Refused, match="nothing_new"):
            following(minutes, REGISTER, "有误")


def test_a_draft_that_says_nothing_is_not_published() -> None:
    with pytest.raises(Refused, match="nothing_new"):
        following(with_drafts(Minutes(MEETING, State.ENDED), {SEGMENTS[0]: Content()}), REGISTER, "")


def test_a_task_twice_in_a_segment_is_refused() -> None:
    content = Content("", (), (Wish("走访", "民政科"), Wish("走访", "自治办")))
    with pytest.raises(Invalid):
        following(with_drafts(Minutes(MEETING, State.ENDED), {SEGMENTS[0]: content}), REGISTER, "")


def test_the_digest_changes_with_what_is_said() -> None:
    minutes = Minutes(MEETING, State.ENDED)
    one = following(with_drafts(minutes, {SEGMENTS[0]: Content("甲")}), REGISTER, "")
    other = following(with_drafts(minutes, {SEGMENTS[0]: Content("乙")}), REGISTER, "")
    again = following(with_drafts(minutes, {SEGMENTS[0]: Content("甲")}), REGISTER, "")
    assert one.digest == again.digest != other.digest


def test_empty_lines_and_tasks_are_left_out_and_long_ones_named() -> None:
    typed = Content(" 甲 ", ("", " 定一 "), (Wish("", ""), Wish(" 走访 ", " 民政科 ")))
    assert check(typed) == Content("甲", ("定一",), (Wish("走访", "民政科"),))
    with pytest.raises(Invalid) as caught:
        check(
            Content(
                "字" * (publishing.LONGEST_TEXT + 1),
                ("字" * (publishing.LONGEST_LINE + 1),),
                (Wish("字" * (publishing.LONGEST_LINE + 1), "字" * (publishing.LONGEST_OWNERS + 1)),),
            )
        )
    assert set(caught.value.fields) == {"text", "decisions", "task-0-text", "task-0-owners"}
    with pytest.raises(Invalid) as many:
        check(Content("", (), tuple(Wish(str(place)) for place in range(publishing.MOST_TASKS + 1))))
    assert "task-0-text" in many.value.fields
