"""The demonstration's meetings: one today that can be entered at once, some behind and some ahead."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import Any

from sqlmodel import Session as Db

from meetinghub import demo_attendance
from meetinghub.agendas import store as agendas
from meetinghub.agendas.claims import Claim, Kind
from meetinghub.agendas.claims import State as Claimed
from meetinghub.attendance import service as attendance
from meetinghub.attendance.service import GRACE, seal
from meetinghub.clock import SHANGHAI
from meetinghub.demo_attendance import Said
from meetinghub.ids import CommitteeId
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.agendas import ClaimMade
from meetinghub.ledger.attendance import Status
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings import service, store
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Audience, Meeting, Segment
from meetinghub.people import store as people
from meetinghub.people.model import Role

OPEN = (State.PLANNED, State.LIVE)
QUARTER = timedelta(minutes=15)


def fill(db: Db, *, now: datetime, phone: str) -> None:
    """Give the demonstration its meetings; on a later day, give it that day's.

    ``phone`` is the main venue's. Today's meeting is at its usual hour, or the next full quarter when that has passed,
    so that whoever tries the system can start it right away.
    """
    data = tomllib.loads(resources.files("meetinghub").joinpath("demo_meetings.toml").read_text(encoding="utf-8"))
    maker = _Maker(db, now, phone)
    if not store.listings(db, limit=1):
        maker.planned(data["today"], starting(data["today"]["time"], now), announced=now - timedelta(days=30))
        for each in data["past"]:
            maker.held(each)
        for each in data["coming"]:
            number = maker.planned(each, at(maker.day(each["days"]), each["time"]))
            maker.claimed(number, each.get("claims", []))
    midnight = at(maker.today, "00:00")
    if not store.listings(db, since=midnight, until=midnight + timedelta(days=1), states=OPEN, limit=1):
        maker.planned(data["today"], starting(data["today"]["time"], now))


def starting(usual: str, now: datetime) -> datetime:
    """Today at the ``usual`` hour, or the next full quarter of an hour after it."""
    planned = at(now.astimezone(SHANGHAI).date(), usual)
    if planned >= now:
        return planned
    past = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return now - past + QUARTER if past else now


def at(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), SHANGHAI)


class _Maker:
    """Plans meetings, and lets past ones have happened."""

    def __init__(self, db: Db, now: datetime, phone: str) -> None:
        self.db = db
        self.now = now
        self.phone = phone
        self.today = now.astimezone(SHANGHAI).date()
        self.departments = {each.name: each.id for each in people.departments(db)}
        self.committees = people.committees(db)
        self.operators = {each.committee: each for each in people.people(db, role=Role.OPERATOR)}

    def day(self, distance: int) -> date:
        """So many working days (Monday to Friday) from today."""
        day, step = self.today, timedelta(days=1 if distance > 0 else -1)
        while distance:
            day += step
            if day.weekday() < 5:
                distance -= 1 if distance > 0 else -1
        return day

    def planned(self, data: dict[str, Any], starts_at: datetime, *, announced: datetime | None = None) -> int:
        meeting = Meeting(
            id=0,
            title=data["title"],
            host=data["host"],
            host_department_id=self.departments[data["host"]],
            place=data["place"],
            phone=self.phone,
            starts_at=starts_at,
            chair="chair",
            audience=Audience(tuple(data["roles"]), data.get("line", "")),
            sites=(),
            segments=tuple(
                Segment(
                    id=0,
                    department=each.get("name", each["department"]),
                    department_id=self.departments[each["department"]],
                    title=each["title"],
                    speaker=each["speaker"],
                    minutes=each["minutes"],
                    audience=Audience(tuple(each["roles"]), each.get("line", "")) if "roles" in each else None,
                    pinned=each.get("pinned", ""),
                )
                for each in data["segments"]
            ),
            capacity=data.get("capacity", 0),
            claims_close_at=at(self.day(data["closes"]), "17:00") if "closes" in data else None,
        )
        return service.plan(self.db, meeting=meeting, sites=self._sites(data), now=announced or self.now, actor="host")

    def claimed(self, meeting: int, claims: list[dict[str, Any]]) -> None:
        """Other departments have claimed minutes this morning, and wait for an answer."""
        for each in claims:
            department = self.departments[each["department"]]
            kind = Kind(each.get("kind", "discussion"))
            claim = agendas.add_claim(
                self.db,
                Claim(
                    id=0,
                    meeting=meeting,
                    department=department,
                    department_name=each["department"],
                    title=each["title"],
                    speaker=each["speaker"],
                    minutes=each["minutes"],
                    kind=kind,
                    audience=Audience(tuple(each["roles"]), each.get("line", "")) if "roles" in each else None,
                    state=Claimed.CLAIMED,
                    by=each["by"],
                    at=self.now,
                ),
            )
            said = ClaimMade(claim.id, department, claim.minutes, kind is Kind.READ_OUT)
            ledger.append(self.db, [NewFact(said)], meeting_id=meeting, at=self.now, actor=claim.by)

    def held(self, data: dict[str, Any]) -> None:
        """A meeting that took place, each item taking the minutes in ``took``, and the sheet that was sealed of it."""
        starts_at = at(self.day(data["days"]), data["time"])
        number = self.planned(data, starts_at, announced=starts_at - timedelta(days=3))
        meeting = store.meeting(self.db, number)
        assert meeting is not None
        said: list[Said] = [Said(starts_at, "chair", p.MeetingStarted())]
        moment = starts_at
        for segment, minutes in zip(meeting.segments, data["took"], strict=True):
            said.append(Said(moment, "chair", p.SegmentStarted(segment.id)))
            moment += timedelta(minutes=minutes)
        said += demo_attendance.facts(meeting, starts_at, moment, self._staff(meeting))
        said.append(Said(moment, "chair", p.MeetingEnded()))
        for each in sorted(said, key=lambda each: each.at):
            ledger.append(self.db, [NewFact(each.payload)], meeting_id=number, at=each.at, actor=each.by)
        service.note(self.db, meeting, moment)
        seal(self.db, meeting_id=number, now=moment + GRACE)
        if "correction" in data:
            self._correct(meeting, moment + timedelta(days=1), data["correction"])

    def _correct(self, meeting: Meeting, moment: datetime, data: dict[str, Any]) -> None:
        """A committee that the sheet says was absent puts that right, and the coordinator accepts it."""
        sealed = attendance.note(self.db, meeting, moment)
        line = next(each for each in sealed.lines if each.status is Status.ABSENT)
        site = line.place.identity
        said = p.AttendanceCorrectionProposed(site, data["status"], data["headcount"], data["reason"])
        (fact,) = ledger.append(self.db, [NewFact(said)], meeting_id=meeting.id, at=moment, actor=site)
        accepted = p.AttendanceCorrectionDecided(fact.number, True, "")
        at = moment + timedelta(minutes=40)
        ledger.append(self.db, [NewFact(accepted)], meeting_id=meeting.id, at=at, actor="coordinator")
        attendance.note(self.db, meeting, at)

    def _staff(self, meeting: Meeting) -> dict[str, list[int]]:
        """Each site's people whom the meeting is for."""
        found: dict[str, list[int]] = {}
        for site in meeting.sites:
            staff = people.people(self.db, committee=CommitteeId(site.committee_id))
            found[site.identity] = [each.id for each in staff if set(each.roles) & set(meeting.audience.roles)]
        return found

    def _sites(self, data: dict[str, Any]) -> list[store.SitePlan]:
        seats = data.get("seats")
        found = [each for each in self.committees if seats is None or each.seat in seats]
        return [
            store.SitePlan(each.id, operator.name, operator.phone)
            for each in found
            if (operator := self.operators.get(each.id)) is not None
        ]
