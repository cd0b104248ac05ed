"""What the calendar pages share: where they find feeds, how often one may be fetched, whose calendar is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from aiohttp.web import AppKey

from meetinghub.calendars.answering import Answers
from meetinghub.calendars.itip import Answer, Invited, counted
from meetinghub.calendars.model import Kind, Scope
from meetinghub.calendars.service import Feeds
from meetinghub.meetings.model import Meeting
from meetinghub.people import store as people
from meetinghub.people.model import Account, Committee, Department, Right
from web import keys
from web.pace import Pace

FEEDS = AppKey("feeds", Feeds)
ANSWERS = AppKey("answers", Answers)
ANSWERING = AppKey("answering", Pace)
FETCHING = AppKey("fetching", Pace)
GUESSING = AppKey("guessing", Pace)


def fetching() -> Pace:
    """Of one address: a programme asks every hour, a hurried reader a few times in a row."""
    return Pace(rate=1 / 30, burst=20, code="calendar.too_often")


def guessing() -> Pace:
    """Of one machine that asks for addresses which do not exist; a whole street may sit behind one."""
    return Pace(rate=1, burst=120, code="calendar.too_often")


@dataclass(frozen=True, slots=True)
class Choice:
    """``value`` is what the form sends."""

    value: str
    name: str


def value(scope: Scope) -> str:
    return f"{scope.kind}:{scope.subject}"


def scope_of(text: str) -> Scope | None:
    """The inverse of :func:`value`; None for anything else."""
    kind, _, subject = text.partition(":")
    known = next((each for each in Kind if each.value == kind), None)
    return Scope(known, subject) if known is not None and subject else None


def choices(committees: list[Committee], departments: list[Department], venues: list[str]) -> dict[Kind, list[Choice]]:
    """All that the street's staff may subscribe to besides their own."""
    return {
        Kind.COMMITTEE: [Choice(value(Scope(Kind.COMMITTEE, str(each.id))), each.name) for each in committees],
        Kind.SITE: [Choice(value(Scope(Kind.SITE, str(each.id))), each.name) for each in committees],
        Kind.DEPARTMENT: [Choice(value(Scope(Kind.DEPARTMENT, str(each.id))), each.name) for each in departments],
        Kind.VENUE: [Choice(value(Scope(Kind.VENUE, each)), each) for each in venues],
    }


@dataclass(frozen=True, slots=True)
class Group:
    """A committee, a department, or all others, with its invitations by answer."""

    name: str
    counts: Mapping[Answer, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """``told``: those who gave a reason or named somebody in their place."""

    groups: tuple[Group, ...]
    counts: Mapping[Answer, int]
    told: tuple[Invited, ...]

    @property
    def in_order(self) -> list[tuple[Answer, int]]:
        """Who comes first, who has said nothing last."""
        return sorted(self.counts.items(), key=lambda each: each[0] is Answer.NONE)

    @property
    def whole(self) -> int:
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        return self.whole - self.counts[Answer.NONE]


async def answers_to(request: web.Request, meeting: Meeting) -> Overview | None:
    """What the invited have answered, for the host and the coordinator; None for others, or when nobody is invited."""
    if not _hosts(meeting, request[keys.WHO].account):
        return None
    found = await request.app[ANSWERS].of_meeting(meeting.id)
    if not found:
        return None
    database = request.app[keys.DATABASE]
    return overview(found, await database.read(people.committees), await database.read(people.departments))


def overview(found: Sequence[Invited], committees: list[Committee], departments: list[Department]) -> Overview:
    """Committees in the order of their seats, then departments."""
    groups = []
    for each in committees:
        theirs = [one for one in found if one.invitee.committee == each.id]
        if theirs:
            groups.append(Group(each.name, counted(theirs)))
    for unit in departments:
        theirs = [one for one in found if one.invitee.committee is None and one.invitee.department == unit.id]
        if theirs:
            groups.append(Group(unit.name, counted(theirs)))
    told = tuple(each for each in found if each.answer is not Answer.NONE and (each.reason or each.deputy))
    return Overview(tuple(groups), counted(found), told)


def _hosts(meeting: Meeting, account: Account) -> bool:
    own = meeting.host_department_id is not None and account.department == meeting.host_department_id
    return account.may(Right.COORDINATOR) or (own and account.may(Right.HOST, Right.DEPARTMENT))
