"""What an item may say when it is handed in, and what a change changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from enum import StrEnum

from digest import text
from digest.model import Audience, Kind, Link, LinkKind, Wording
from meetinghub.ids import CommitteeId

LONGEST_TITLE = 80
LONGEST_LINE = 40
"""Of a business line."""
FURTHEST = timedelta(days=730)
"""From today: a date beyond it is a slip of the pen."""
_MOST_TITLE = 1000
"""What stands behind that is not even looked at: such a title is too long."""
_PIECE = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
_MOST_PAIRS = 400_000
"""Pieces of one side times pieces of the other that are still compared one by one."""


class Field(StrEnum):
    TITLE = "title"
    TEXT = "text"
    KIND = "kind"
    DUE = "due"
    AUDIENCE = "audience"
    LINK = "link"


class Mark(StrEnum):
    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Part:
    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """``parts``: of title and text, what stayed, went and came, in reading order; empty for the others."""

    field: Field
    parts: tuple[Part, ...] = ()


def tidied(wording: Wording) -> Wording:
    """As it is kept: text cleaned (unless it is far too long), nothing that does not belong to its kind, each role
    once."""
    action = wording.kind is Kind.ACTION
    link = wording.link if wording.link.kind is not LinkKind.NONE else Link()
    return replace(
        wording,
        title=text.cleaned_line(wording.title[:_MOST_TITLE]),
        text=text.cleaned(wording.text) if len(wording.text) <= text.LONGEST_RAW else wording.text,
        due_on=wording.due_on if action else None,
        due_at=wording.due_at if action and wording.due_on is not None else None,
        audiences=tuple(dict.fromkeys(_tidied(each) for each in wording.audiences)),
        link=replace(link, target=link.target.strip()),
    )


def storable(wording: Wording) -> dict[str, str]:
    """Field → code of what cannot even be kept as a draft."""
    problems = {}
    if len(wording.title) > LONGEST_TITLE:
        problems["title"] = "notice.title_long"
    if len(wording.text) > text.LONGEST:
        problems["text"] = "notice.text_long"
    if len(wording.link.target) > text.LONGEST_ADDRESS:
        problems["link"] = "notice.link_wrong"
    if any(len(each.line) > LONGEST_LINE for each in wording.audiences):
        problems["line"] = "notice.line_long"
    return problems


def problems(
    wording: Wording, *, today: date, sends_on: date | None, committees: Collection[CommitteeId]
) -> dict[str, str]:
    """Field → code of what keeps a tidied wording from being handed in. ``sends_on``: the day of its issue, None while
    nobody knows; ``committees``: all there are."""
    found = storable(wording)
    if not wording.title:
        found["title"] = "notice.title_missing"
    if code := _due_problem(wording, today, sends_on):
        found["due_on"] = code
    if not wording.reached(committees):
        found["committees"] = "notice.nobody"
    if not leads_somewhere(wording.link):
        found["link"] = "notice.link_wrong"
    return found


def compared(before: Wording, after: Wording) -> tuple[Change, ...]:
    """What differs, field by field."""
    found = []
    if before.title != after.title:
        found.append(Change(Field.TITLE, _pieces(before.title, after.title)))
    if before.text != after.text:
        found.append(Change(Field.TEXT, _lines(before.text, after.text)))
    if before.kind is not after.kind:
        found.append(Change(Field.KIND))
    if (before.due_on, before.due_at) != (after.due_on, after.due_at):
        found.append(Change(Field.DUE))
    if set(before.audiences) != set(after.audiences):
        found.append(Change(Field.AUDIENCE))
    if before.link != after.link:
        found.append(Change(Field.LINK))
    return tuple(found)


def _tidied(audience: Audience) -> Audience:
    roles = tuple(dict.fromkeys(audience.roles))
    return Audience(audience.committees, roles, text.cleaned_line(audience.line[:_MOST_TITLE]))


def _due_problem(wording: Wording, today: date, sends_on: date | None) -> str:
    due = wording.due_on
    if wording.kind is Kind.INFORMATION:
        return "notice.due_needless" if due is not None else ""
    if due is None:
        return "notice.due_missing"
    if due < today:
        return "notice.due_past"
    if sends_on is not None and due < sends_on:
        return "notice.due_before_sending"
    return "notice.due_far" if due > today + FURTHEST else ""


def leads_somewhere(link: Link) -> bool:
    """Whether it has the form of something that a page may link to."""
    match link.kind:
        case LinkKind.NONE:
            return True
        case LinkKind.MEETING:
            return link.target.isascii() and link.target.isdigit() and len(link.target) <= 9
        case LinkKind.PAGE:
            return link.target.startswith("/") and text.address(link.target) is not None
        case LinkKind.WEB:
            return link.target.startswith(("https://", "http://")) and text.address(link.target) is not None


def _lines(before: str, after: str) -> tuple[Part, ...]:
    """Line by line, and within lines that were changed piece by piece."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Part] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            found.append(Part(Mark.SAME, "".join(old[a:b])))
        else:
            found += _pieces("".join(old[a:b]), "".join(new[c:d]))
    return _joined(found)


def _pieces(before: str, after: str) -> tuple[Part, ...]:
    """Words, and characters where there are no words."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if len(old) * len(new) > _MOST_PAIRS:
        return _joined([Part(Mark.OUT, before), Part(Mark.IN, after)])
    return _joined(list(_parts(old, new)))


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Part(Mark.SAME, "".join(old[a:b]))
        else:
            yield Part(Mark.OUT, "".join(old[a:b]))
            yield Part(Mark.IN, "".join(new[c:d]))


def _joined(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Neighbours of one mark as one, without empty ones."""
    found: list[Part] = []
    for each in parts:
        if each.text and found and found[-1].mark is each.mark:
            found[-1] = Part(each.mark, found[-1].text + each.text)
        elif each.text:
            found.append(each)
    return tuple(found)
