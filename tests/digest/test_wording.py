"""What may be handed in, and what a change is said to have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.model import Audience, Kind, Link, LinkKind, Wording
from digest.wording import Change, Field, Mark, Part, compared, problems, storable, tidied
from meetinghub.ids import CommitteeId
from meetinghub.people.model import Role

TODAY, MONDAY = date(2026, 11, 19), date(2026, 11, 23)
COMMITTEES = [CommitteeId(101), CommitteeId(102)]
ASKED = Wording("报名单", "请于周五前报。", Kind.ACTION, date(2026, 11, 27), time(17, 0))


def wrong(wording: Wording, sends_on: date | None = MONDAY) -> dict[str, str]:
    return problems(wording, today=TODAY, sends_on=sends_on, committees=COMMITTEES)


def test_a_whole_item_may_be_handed_in() -> None:
    assert wrong(ASKED) == {}
    assert wrong(Wording("周知")) == {}


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"title": ""}, "title", "notice.title_missing"),
        ({"title": "一" * 81}, "title", "notice.title_long"),
        ({"text": "一" * 20_001}, "text", "notice.text_long"),
        ({"due_on": None}, "due_on", "notice.due_missing"),
        ({"due_on": date(2026, 11, 18)}, "due_on", "notice.due_past"),
        ({"due_on": date(2026, 11, 20)}, "due_on", "notice.due_before_sending"),
        ({"due_on": date(9999, 12, 31)}, "due_on", "notice.due_far"),
        ({"kind": Kind.INFORMATION}, "due_on", "notice.due_needless"),
        ({"audiences": ()}, "committees", "notice.nobody"),
        ({"audiences": (Audience(frozenset()),)}, "committees", "notice.nobody"),
        ({"audiences": (Audience(frozenset({CommitteeId(999)})),)}, "committees", "notice.nobody"),
        ({"audiences": (Audience(line="民" * 41),)}, "line", "notice.line_long"),
        ({"link": Link(LinkKind.WEB, "javascript:alert(1)")}, "link", "notice.link_wrong"),
        ({"link": Link(LinkKind.WEB, "/tasks")}, "link", "notice.link_wrong"),
        ({"link": Link(LinkKind.PAGE, "//evil.cn")}, "link", "notice.link_wrong"),
        ({"link": Link(LinkKind.PAGE, "https://a.cn")}, "link", "notice.link_wrong"),
        ({"link": Link(LinkKind.MEETING, "-1")}, "link", "notice.link_wrong"),
        ({"link": Link(LinkKind.WEB, "https://a.cn/" + "x" * 300)}, "link", "notice.link_wrong"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(changed: dict[str, object], field: str, code: str) -> None:
    assert wrong(replace(ASKED, **changed)) == {field: code}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "link", [Link(LinkKind.WEB, "https://a.cn/x?y"), Link(LinkKind.PAGE, "/tasks"), Link(LinkKind.MEETING, "12")]
)
def test_links_to_pages_and_meetings_are_fine(link: Link) -> None:
    assert wrong(replace(ASKED, link=link)) == {}


def test_a_late_item_may_be_due_before_the_next_issue() -> None:
    assert wrong(replace(ASKED, due_on=TODAY), None) == {}


def test_what_is_kept_is_tidy() -> None:
    typed = Wording(
        " 报\r\n名单\u200b ",
        "1、查\r\n",
        Kind.INFORMATION,
        MONDAY,
        time(9),
        (Audience(None, (Role.SECRETARY, Role.SECRETARY), " 民政 "), Audience(None, (Role.SECRETARY,), "民政")),
        Link(LinkKind.NONE, "https://a.cn"),
    )
    assert tidied(typed) == Wording("报 名单", "1. 查", audiences=(Audience(None, (Role.SECRETARY,), "民政"),))
    assert tidied(replace(ASKED, due_on=None)).due_at is None
    assert storable(ASKED) == {}


WORDINGS = st.builds(
    Wording,
    title=st.text("一二a b", max_size=8),
    text=st.text("一二a \n", max_size=30),
    kind=st.sampled_from(Kind),
    due_on=st.none() | st.dates(MONDAY, MONDAY + timedelta(days=2)),
    audiences=st.sampled_from([(Audience(),), (Audience(frozenset(COMMITTEES)),)]),
    link=st.sampled_from([Link(), Link(LinkKind.PAGE, "/tasks")]),
)


@given(WORDINGS, WORDINGS)
@example(Wording("", "一\n" * 700), Wording("", "二\n" * 700))
@example(Wording("", "一\n二"), Wording("", "一\n三\n二"))
def test_both_texts_can_be_read_out_of_what_changed(before: Wording, after: Wording) -> None:
    found = {each.field: each.parts for each in compared(before, after)}
    for field, old, new in ((Field.TITLE, before.title, after.title), (Field.TEXT, before.text, after.text)):
        assert (field in found) == (old != new)
        parts = found.get(field, ())
        if parts:
            assert "".join(each.text for each in parts if each.mark is not Mark.IN) == old
            assert "".join(each.text for each in parts if each.mark is not Mark.OUT) == new
    assert (compared(before, after) == ()) == (before == after)


def test_a_changed_date_in_a_sentence_is_seen_as_such() -> None:
    after = replace(ASKED, text="请于周三前报。", due_on=date(2026, 11, 25))
    assert compared(ASKED, after) == (
        Change(
            Field.TEXT,
            (Part(Mark.SAME, "请于周"), Part(Mark.OUT, "五"), Part(Mark.IN, "三"), Part(Mark.SAME, "前报。")),
        ),
        Change(Field.DUE),
    )
