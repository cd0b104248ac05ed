"""What one committee gets of an issue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import page, wire
from digest.model import Audience, IssueKind, Item, Kind, Wording
from digest.page import Whom, compile
from meetinghub.ids import CommitteeId
from meetinghub.people.model import Role
from tests.digest.pages import CORRECTED, HEAD, ITEMS, LIGHTS, MEETING, OURS, TASKS, UNREAD, action, full, item


def test_actions_come_by_date_and_information_in_the_boards_order() -> None:
    made = full()
    assert [each.item for each in made.actions] == [1, 2, 3]
    assert [each.item for each in made.information] == [4]


def test_what_only_others_get_is_not_there() -> None:
    assert "只给别人的" not in json.dumps(page.to_json(full()), ensure_ascii=False)


def test_of_one_day_the_earlier_hour_comes_first_and_the_whole_day_last() -> None:
    day = date(2026, 11, 25)
    items = [action(1, "整天", day), action(2, "下午", day, time(17)), action(3, "上午", day, time(9))]
    assert [each.item for each in compile(items, HEAD).actions] == [3, 2, 1]


def test_an_action_among_the_tasks_is_not_told_again_as_unanswered() -> None:
    assert [each.item for each in full().unread] == [902]


@pytest.mark.parametrize("kind", [IssueKind.SUPPLEMENT, IssueKind.CORRECTION])
def test_a_supplement_says_only_what_is_new(kind: IssueKind) -> None:
    head = replace(HEAD, kind=kind, part=1)
    made = compile(ITEMS, head, meetings=(MEETING,), tasks=TASKS, lights=LIGHTS, unread=UNREAD)
    assert (made.meetings, made.tasks, made.lights, made.unread) == ((), (), (), ())
    assert made.items


def test_it_says_whom_of_this_committee_a_merged_item_concerns() -> None:
    audiences = (
        Audience(frozenset({OURS}), (Role.SECRETARY,)),
        Audience(None, (Role.LINE_WORKER,), "平安"),
        Audience(frozenset({CommitteeId(8)}), (Role.VOLUNTEER,)),
        Audience(frozenset({OURS, CommitteeId(9)}), (Role.SECRETARY,)),
    )
    made = compile([item(1, Wording("合并的", audiences=audiences), "平安办", "民政科")], HEAD)
    assert made.information[0].whom == (Whom((Role.SECRETARY,)), Whom((Role.LINE_WORKER,), "平安"))
    assert made.information[0].merged


def test_a_correction_names_what_it_puts_right() -> None:
    made = compile([item(1, Wording("更正"), corrects=77)], HEAD, corrected=CORRECTED)
    assert made.information[0].corrects == CORRECTED[77]


def test_a_page_is_read_back_as_it_was_written() -> None:
    written = page.to_json(full())
    assert page.of_json(json.loads(json.dumps(written))) == full()


def test_the_digest_changes_with_anything_that_was_frozen_but_not_with_its_order() -> None:
    pages, items = [full(), replace(full(), head=replace(HEAD, committee=CommitteeId(8)))], list(ITEMS)
    whole = page.digest(pages, items)
    Random(5).shuffle(items)
    assert page.digest(pages[::-1], items) == whole
    later = replace(pages[0], lights=LIGHTS[:1])
    assert page.digest([later, pages[1]], items) != whole
    changed = replace(items[0], departments=("另一个科室",))
    assert page.digest(pages, [changed, *items[1:]]) != whole


@given(
    st.lists(
        st.builds(
            lambda number, kind, day, committees: item(
                number,
                Wording(
                    f"第 {number} 条",
                    kind=kind,
                    due_on=date.fromordinal(739900 + day) if kind is Kind.ACTION else None,
                    audiences=(Audience(committees),),
                ),
            ),
            st.integers(1, 50),
            st.sampled_from(Kind),
            st.integers(0, 30),
            st.none() | st.frozensets(st.sampled_from([OURS, CommitteeId(8)])),
        ),
        unique_by=lambda each: each.id,
    )
)
def test_each_item_is_told_once_to_those_it_concerns_and_to_nobody_else(items: list[Item]) -> None:
    made = compile(items, HEAD)
    assert sorted(each.item for each in made.items) == sorted(each.id for each in items if each.wording.concerns(OURS))
    assert [each.due_on for each in made.actions] == sorted(each.due_on for each in made.actions if each.due_on)
    assert all(wire.of_json(Item, wire.to_json(each)) == each for each in items)
