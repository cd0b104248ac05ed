"""What the calendar pages share: where they find feeds, how often one may be fetched, whose calendar is meant."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp.web import AppKey

from meetinghub.calendars.model import Kind, Scope
from meetinghub.calendars.service import Feeds
from meetinghub.people.model import Committee, Department
from web.pace import Pace

FEEDS = AppKey("feeds", Feeds)
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
