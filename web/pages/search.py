"""The search box: meetings, committees, departments and people whose names contain what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from aiohttp import web
from sqlmodel import Session as Db

from meetinghub.ids import CommitteeId
from meetinghub.meetings import store as meetings
from meetinghub.meetings.model import Listing
from meetinghub.people import store as people
from meetinghub.people.model import Committee, Department, Person
from web import keys
from web.rendering import render

LONGEST = 80
AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Found:
    """``units`` names each found person's department or committee."""

    meetings: list[Listing]
    committees: list[Committee]
    departments: list[Department]
    people: list[Person]
    units: dict[int, str]

    @property
    def count(self) -> int:
        return len(self.meetings) + len(self.committees) + len(self.departments) + len(self.people)


async def show(request: web.Request) -> web.Response:
    query = " ".join(request.query.get("q", "").split())[:LONGEST].replace("\x00", "")
    found = None
    if query:
        mine = request[keys.WHO].account.committee
        found = await request.app[keys.DATABASE].read(partial(_find, query=query, committee=mine))
    return render(request, "search.html", query=query, found=found)


def _find(db: Db, *, query: str, committee: CommitteeId | None) -> Found:
    """A committee's account finds only the meetings it takes part in."""
    all_committees, all_departments = people.committees(db), people.departments(db)
    persons = people.people(db, named=query, limit=AT_MOST)
    of_committee = {each.id: each.full_name for each in all_committees}
    of_department = {each.id: each.name for each in all_departments}
    units = {}
    for person in persons:
        if person.committee is not None:
            units[person.id] = of_committee[person.committee]
        elif person.department is not None:
            units[person.id] = of_department[person.department]
    return Found(
        meetings=meetings.listings(db, titled=query, committee=committee, newest_first=True, limit=AT_MOST),
        committees=[each for each in all_committees if query in each.full_name],
        departments=[each for each in all_departments if query in each.name or query in each.line],
        people=persons,
        units={int(number): unit for number, unit in units.items()},
    )
