"""The editor of an item: its form as text, and what a form says as a wording. Nothing typed is lost in between."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from digest.model import Audience, Kind, Link, LinkKind, Wording
from meetinghub.asking.audience import CALLABLE
from meetinghub.ids import CommitteeId
from meetinghub.people.model import Role
from web.forms import Form


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in the form. ``which``: ``all`` or ``some`` committees."""

    title: str
    text: str
    kind: str
    due_on: str
    due_at: str
    which: str
    committees: frozenset[int]
    roles: frozenset[str]
    line: str
    link: str
    meeting: str
    address: str


def sheet(wording: Wording) -> Sheet:
    """A wording as it is edited. One that reaches in several ways, as merged ones do, shows them as one."""
    audiences = wording.audiences
    every = not audiences or any(each.committees is None for each in audiences)
    kind, target = wording.link.kind, wording.link.target
    return Sheet(
        title=wording.title,
        text=wording.text,
        kind=wording.kind.value,
        due_on=wording.due_on.isoformat() if wording.due_on else "",
        due_at=wording.due_at.isoformat("minutes") if wording.due_at else "",
        which="all" if every else "some",
        committees=frozenset() if every else frozenset(at for each in audiences for at in each.committees or ()),
        roles=frozenset(role.value for each in audiences for role in each.roles),
        line=next((each.line for each in audiences if each.line), ""),
        link=kind.value,
        meeting=target if kind is LinkKind.MEETING else "",
        address=target if kind in {LinkKind.PAGE, LinkKind.WEB} else "",
    )


def typed(fields: Form) -> Sheet:
    """The form as it was sent, right or wrong."""
    numbers = (each for each in fields.several("committees") if each.isascii() and each.isdigit() and len(each) < 10)
    return Sheet(
        title=_text(fields, "title"),
        text=_text(fields, "text"),
        kind=_text(fields, "kind"),
        due_on=_text(fields, "due_on"),
        due_at=_text(fields, "due_at"),
        which=_text(fields, "which"),
        committees=frozenset(int(each) for each in numbers),
        roles=frozenset(fields.several("roles")),
        line=_text(fields, "line"),
        link=_text(fields, "link"),
        meeting=_text(fields, "meeting"),
        address=_text(fields, "address"),
    )


def said(given: Sheet, problems: dict[str, str], *, committees: Collection[CommitteeId]) -> Wording:
    """What the form says; what cannot be read at all goes into ``problems``, field → code. ``committees``: all there
    are."""
    known = {int(each) for each in committees}
    roles = tuple(role for role in CALLABLE if role.value in given.roles)
    some = frozenset(CommitteeId(each) for each in given.committees if each in known)
    whom = Audience(
        committees=some if given.which == "some" else None,
        roles=roles,
        line=given.line if Role.LINE_WORKER in roles else "",
    )
    return Wording(
        title=given.title,
        text=given.text,
        kind=Kind.ACTION if given.kind == Kind.ACTION.value else Kind.INFORMATION,
        due_on=_day(given.due_on, problems),
        due_at=_time(given.due_at, problems),
        audiences=(whom,),
        link=_link(given),
    )


def _text(fields: Form, name: str) -> str:
    """Left as it is: what is kept of it is decided where it is cleaned."""
    value: object = fields.given.get(name, "")
    return value if isinstance(value, str) else ""


def _day(text: str, problems: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        problems["due_on"] = "notice.due_wrong"
        return None


def _time(text: str, problems: dict[str, str]) -> time | None:
    try:
        found = time.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        problems["due_at"] = "notice.due_wrong"
        return None
    return found.replace(second=0, microsecond=0, tzinfo=None) if found else None


def _link(given: Sheet) -> Link:
    """Whether an address is a page of ours shows in it."""
    if given.link == LinkKind.MEETING.value:
        return Link(LinkKind.MEETING, given.meeting.strip())
    if given.link in {LinkKind.PAGE.value, LinkKind.WEB.value}:
        target = given.address.strip()
        return Link(LinkKind.PAGE if target.startswith("/") else LinkKind.WEB, target)
    return Link()
