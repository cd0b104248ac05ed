"""What the pages of the weekly notice share: where they find the services, and how items are said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, time

from aiohttp import web
from aiohttp.web import AppKey

from digest.item_service import Items
from digest.model import Audience, Kind, Wording
from meetinghub.errors import NotFound
from meetinghub.ids import DepartmentId
from meetinghub.people.model import Committee
from meetinghub.words import Words

ITEMS = AppKey("notice_items", Items)


def number(request: web.Request, name: str) -> int:
    """The number in the address; anything else is not found."""
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("notice.not_found")
    return int(text)


def due_said(words: Words, due_on: date | None, due_at: time | None) -> str:
    """11月25日（周三）前 · 11月25日（周三）17:00 前."""
    if due_on is None:
        return ""
    if due_at is None:
        return words("notice_item.by", day=words.day(due_on))
    return words("notice_item.by_time", day=words.day(due_on), time=f"{due_at:%H:%M}")


def kind_said(words: Words, wording: Wording) -> str:
    """需要办·11月25日（周三）前 · 请知悉."""
    kind = words(f"notice_item.kind_{wording.kind.value}")
    if wording.kind is Kind.INFORMATION or wording.due_on is None:
        return kind
    return words("page.dot").join([kind, due_said(words, wording.due_on, wording.due_at)])


def whom_said(words: Words, audiences: Iterable[Audience]) -> str:
    """书记、民政条线社工; empty when the committee as such is meant."""
    named: dict[str, None] = {}
    for audience in audiences:
        for role in audience.roles:
            said = words(f"role.{role.value}")
            line = audience.line and role.value == "line_worker"
            named[words("notice_item.of_line", line=audience.line, role=said) if line else said] = None
    return words("page.comma").join(named)


def reached_said(words: Words, wording: Wording, committees: Collection[Committee]) -> str:
    """33 个居委会."""
    return words.many("notice_item.committees", len(wording.reached([each.id for each in committees])))


def names_said(words: Words, wording: Wording, committees: Iterable[Committee]) -> str:
    return words("page.comma").join(each.name for each in committees if wording.concerns(each.id))


def seats(wording: Wording, committees: Iterable[Committee]) -> frozenset[int]:
    """The seats of the committees that get it: for the 33 cells."""
    return frozenset(each.seat for each in committees if wording.concerns(each.id))


def units_said(words: Words, departments: Iterable[DepartmentId], units: Mapping[DepartmentId, str]) -> str:
    """民政科、公共卫生办."""
    return words("page.comma").join(units.get(each, "") for each in departments)
