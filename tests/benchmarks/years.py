"""Three years of a street office in one SQLite file: ten thousand meetings, a million facts, and all that lists repeat.

Everything stands in the rows as the product writes it (presence, answers, claims, charges, requests with their
approval, sealed sheets, minutes with tasks, the burden account), written in bulk; the ledger verifies.
"""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from itertools import islice

from sqlalchemy import insert
from sqlmodel import Session as Db
from sqlmodel import SQLModel

import meetinghub.agendas.tables
import meetinghub.asking.tables
import meetinghub.attendance.tables
import meetinghub.burden.tables
import meetinghub.meetings.tables
import meetinghub.minutes.tables  # noqa: F401  (so that the tables are known)
from meetinghub.asking.audience import Audience as Asked
from meetinghub.asking.wish import Item, Kind, Own, as_json
from meetinghub.asking.wish import Wish as Request
from meetinghub.clock import SHANGHAI
from meetinghub.demo_attendance import Said, facts
from meetinghub.ids import site_identity
from meetinghub.ledger import payloads as p
from meetinghub.ledger.agendas import ClaimDecided, ClaimMade
from meetinghub.ledger.attendance import NEWEST
from meetinghub.ledger.coordination import RequestApproved, RequestStepDecided, RequestSubmitted
from meetinghub.ledger.fact import Payload, encode, utc_text
from meetinghub.meetings.model import Audience, Meeting, Segment, Site
from meetinghub.people import store as people
from meetinghub.people.model import Department, Role
from quotas import log
from quotas.charge import Charge, State
from quotas.store import charge_values
from quotas.wish import Wish
from tests.benchmarks.chain import Chain, Written

MEETINGS = 10_000
AHEAD = 100
"""Of them, still to come."""
YEARS = 3
BATCH = 100
LEADS = (Role.SECRETARY, Role.DIRECTOR)
CALLED = (LEADS, (Role.LINE_WORKER,), (Role.DIRECTOR, Role.LINE_WORKER), (Role.SECRETARY,))
TITLES = ("工作例会", "点位复查", "送温暖对象核对", "垃圾分类督导", "居民自治项目申报", "消防检查布置", "长护险说明")
HOURS = (time(9), time(9, 30), time(10, 30), time(13, 30), time(14), time(15), time(15, 30))
HEARTBEAT = 240
"""Seconds between facts of who is connected: less than a real meeting writes, for a million facts in all."""
OWN, RIDE = 25, 10
"""Minutes of each of the host's two items, and of the other department's."""

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Street:
    departments: list[Department]
    sites: tuple[Site, ...]
    staff: dict[str, dict[Role, list[int]]]
    """Committee's identity → role → numbers of its people."""


class Years:
    """Adds to what is in the database already (the demonstration); numbers go on from there."""

    def __init__(self, db: Db, now: datetime, meetings: int = MEETINGS) -> None:
        self._db, self._now, self._count = db, now, meetings
        self._street = _street(db)
        self._chance = random.Random(20261122)
        driver = db.connection().connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        self._driver = driver
        self._chain = Chain(driver)
        self._next = {name: self._last(name) for name in ("meeting", "segment", "claim", "quota_charge", "task")}
        self._next |= {name: self._last(name) for name in ("meeting_request", "burden_sitting")}
        self._rows: dict[str, list[Row]] = {}
        self._said: list[Written] = []

    def fill(self) -> int:
        """How many facts the ledger has afterwards."""
        numbers = iter(range(self._count))
        while batch := list(islice(numbers, BATCH)):
            for number in batch:
                self._meeting(number)
            self._flush()
        self._chain.close()
        for table in ("quota_folded", "burden_followed"):
            self._driver.execute(f"UPDATE {table} SET number = ?", (self._chain.number,))
        return int(self._chain.number)

    def _last(self, table: str) -> int:
        return int(self._driver.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])

    def _new(self, table: str) -> int:
        self._next[table] += 1
        return self._next[table]

    def _add(self, table: str, row: Row) -> None:
        self._rows.setdefault(table, []).append(row)

    def _say(self, meeting: int | None, at: datetime, actor: str, payload: Payload) -> None:
        text = encode(payload)
        self._said.append(Written(meeting, payload.kind.value, payload.version, utc_text(at), actor, None, text))

    def _flush(self) -> None:
        for table, rows in self._rows.items():
            self._db.connection().execute(insert(SQLModel.metadata.tables[table]), rows)
        self._chain.add(self._said)
        self._rows, self._said = {}, []

    def _starts_at(self, number: int) -> datetime:
        """Working days evenly over the years, the last hundred meetings over the month ahead."""
        past = self._count - AHEAD
        ago, ahead = -(365 * YEARS) * (past - number) / past - 1, 4 + 26 * (number - past) / AHEAD
        distance = ago if number < past else ahead
        day = (self._now + timedelta(days=distance)).astimezone(SHANGHAI).date()
        day -= timedelta(days=max(0, day.weekday() - 4))
        return datetime.combine(day, self._chance.choice(HOURS), SHANGHAI).astimezone(UTC)

    def _meeting(self, number: int) -> None:
        street, chance = self._street, self._chance
        host, rider = chance.sample(street.departments, 2)
        roles = CALLED[number % len(CALLED)]
        starts_at = self._starts_at(number)
        sites = street.sites if chance.random() < 0.9 else tuple(sorted(chance.sample(street.sites, 12), key=_seat))
        segments = tuple(
            Segment(self._new("segment"), each.name, title, "沈若琳", minutes, None, each.id)
            for each, title, minutes in ((host, "上月情况", OWN), (host, "逐点核对", OWN), (rider, "通报", RIDE))
        )
        meeting = Meeting(
            id=self._new("meeting"),
            title=f"{TITLES[number % len(TITLES)]} {number}",
            host=host.name,
            host_department_id=host.id,
            place="302 会议室",
            phone="021-5550 0000",
            starts_at=starts_at,
            chair="chair",
            audience=Audience(tuple(role.value for role in roles), host.line if Role.LINE_WORKER in roles else ""),
            sites=sites,
            segments=segments,
            capacity=2 * OWN + RIDE + 30,
        )
        held = starts_at < self._now
        planned_at = min(starts_at, self._now) - timedelta(days=10)
        self._planned(meeting, planned_at, held=held)
        self._ridden(meeting, rider, planned_at + timedelta(days=1), held=held)
        self._charged(meeting, rider, planned_at)
        if number % 2:
            self._requested(meeting, host, planned_at - timedelta(days=3), refused=number % 20 == 1)
        if held:
            self._held(meeting, rider)

    def _planned(self, meeting: Meeting, at: datetime, *, held: bool) -> None:
        self._say(meeting.id, at, "host", p.MeetingPlanned(meeting.title, meeting.starts_at, meeting.minutes, NEWEST))
        self._add("meeting", {
            "id": meeting.id, "title": meeting.title, "host_department_id": meeting.host_department_id,
            "host": meeting.host, "place": meeting.place, "phone": meeting.phone, "chair": meeting.chair,
            "count_in": 3, "roles": list(meeting.audience.roles), "line": meeting.audience.line,
            "announced_at": meeting.starts_at, "state": "ended" if held else "planned",
            "starts_at": meeting.starts_at, "ends_at": meeting.starts_at + timedelta(minutes=meeting.minutes),
            "revision": 0, "capacity_minutes": meeting.capacity, "claims_close_at": None,
            "called_at": at if held else None, "finalised_at": None, "mode": "video",
        })  # fmt: skip
        for position, each in enumerate(meeting.segments, start=1):
            self._add("segment", {
                "id": each.id, "meeting_id": meeting.id, "position": position, "department_id": each.department_id,
                "department": each.department, "title": each.title, "speaker": each.speaker,
                "minutes": each.minutes, "sites": None, "roles": None, "line": "", "pinned": "",
            })  # fmt: skip
        for site in meeting.sites:
            self._add("meeting_site", {
                "meeting_id": meeting.id, "committee_id": site.committee_id, "operator": site.operator, "phone": "",
            })  # fmt: skip

    def _ridden(self, meeting: Meeting, rider: Department, at: datetime, *, held: bool) -> None:
        """Another department's item: on the agenda of what was held, before it still a claim every other time."""
        number, waits = self._new("claim"), not held and meeting.id % 2
        segment = meeting.segments[-1]
        minutes = RIDE if waits else segment.minutes
        self._say(meeting.id, at, "dept-03", ClaimMade(number, rider.id, minutes, False))
        if not waits:
            self._say(meeting.id, at, "host", ClaimDecided(number, "accept", minutes))
        self._add("claim", {
            "id": number, "meeting_id": meeting.id, "department_id": rider.id, "department": rider.name,
            "title": segment.title, "speaker": segment.speaker, "minutes": minutes, "kind": "discussion",
            "roles": None, "line": "", "state": "claimed" if waits else "accepted", "claimed_by": "dept-03",
            "claimed_at": at, "decided_by": "" if waits else "host", "decided_at": None if waits else at,
            "reason": "", "segment_id": None if waits else segment.id,
        })  # fmt: skip

    def _charged(self, meeting: Meeting, rider: Department, at: datetime) -> None:
        sites = frozenset(site.committee_id for site in meeting.sites)
        own = Wish(
            meeting.starts_at, 2 * OWN, sites, frozenset(meeting.audience.roles), meeting.host_department_id,
            meeting.audience.line, len(sites) * len(meeting.audience.roles), title=meeting.title, meeting=meeting.id,
        )  # fmt: skip
        ride = replace(own, minutes=RIDE, department=rider.id, line=rider.line, own=False, calls=())
        for wish, segment in ((own, None), (ride, meeting.segments[-1].id)):
            charge = Charge(self._new("quota_charge"), wish, State.CHARGED)
            self._say(meeting.id, at, "", log.entered(charge))
            self._add("quota_charge", {
                "id": charge.id, "key": None, "policy": 0, "made_by": "", "made_at": at, "segment_id": segment,
                **charge_values(charge),
            })  # fmt: skip

    def _requested(self, meeting: Meeting, by: Department, at: datetime, *, refused: bool) -> None:
        """What the meeting was planned of, by coordinator and leader; every tenth wish came to nothing instead."""
        number = self._new("meeting_request")
        own = Own(meeting.starts_at, meeting.place, True, "chair", (Item("逐点核对", "沈若琳", OWN),), 15)
        audience = Asked(tuple(Role(role) for role in meeting.audience.roles), None, meeting.audience.line)
        day = meeting.starts_at.astimezone(SHANGHAI).date()
        wish = Request(meeting.title, "逐点核对", Kind.DISCUSSION, audience, OWN, day, day)
        self._add("meeting_request", {
            "id": number, "state": "refused" if refused else "approved", "asked_by": "dept-03",
            "department_id": by.id, "title": meeting.title, "draft": as_json(replace(wish, own=own)), "round": 1,
            "starts_at": meeting.starts_at, "assessed": {"outcome": "needs_approval", "findings": []},
            "meeting_id": None if refused else meeting.id, "created_at": at, "updated_at": at, "submitted_at": at,
            "decided_at": at,
        })  # fmt: skip
        self._say(None, at, "dept-03", RequestSubmitted(number, 1, by.id, "needs_approval", meeting.starts_at, OWN))
        for position, office in enumerate(("coordinator", "leader")):
            verdict = "refuse" if refused and position else "approve"
            self._say(None, at, office, RequestStepDecided(number, 1, office, verdict, "" if verdict else "放进例会"))
            self._add("approval_step", {
                "request_id": number, "round": 1, "position": position, "office": office, "due_at": at,
                "verdict": verdict, "decided_by": office, "reason": "", "decided_at": at, "reminded_at": None,
            })  # fmt: skip
        if not refused:
            self._say(meeting.id, at, "leader", RequestApproved(number, meeting.id))
            return
        self._add("burden_refusal", {
            "number": self._chain.number + len(self._said), "day": at.astimezone(SHANGHAI).date(), "at": at,
            "department_id": by.id, "request_id": number, "title": meeting.title, "minutes": OWN,
            "committees": len(meeting.sites), "why": "leader", "rules": [], "reason": "放进例会",
        })  # fmt: skip

    def _held(self, meeting: Meeting, rider: Department) -> None:
        starts_at, minutes, sites = meeting.starts_at, meeting.minutes, meeting.sites
        ends_at = starts_at + timedelta(minutes=minutes)
        staff = {site.identity: self._called(meeting, site) for site in sites}
        said = [Said(starts_at, "chair", p.MeetingStarted()), Said(ends_at, "chair", p.MeetingEnded())]
        moment = starts_at
        for segment in meeting.segments:
            said.append(Said(moment, "chair", p.SegmentStarted(segment.id)))
            moment += timedelta(minutes=segment.minutes)
        said += facts(meeting, starts_at, ends_at, staff)
        seen = p.ConnectionsSeen(
            f"RM_demo_{meeting.id}", tuple(f"PA_demo_{meeting.id}_{each.seat}_1" for each in sites)
        )
        said += [Said(starts_at + timedelta(seconds=each), "", seen) for each in range(0, 60 * minutes, HEARTBEAT)]
        for each in sorted(said, key=lambda each: each.at):
            self._say(meeting.id, each.at, each.by, each.payload)
        sealed_at = ends_at + timedelta(seconds=40)
        through = self._chain.number + len(self._said)
        digest = sha256(str(meeting.id).encode()).hexdigest()
        self._say(meeting.id, sealed_at, "", p.AttendanceSealed(through, NEWEST, digest))
        there = judged(meeting, said)
        self._rows.setdefault("attendance_sheet", []).append(sheet(meeting, through + 1, sealed_at, there))
        for committee, line in there.items():
            self._add("attendance", {"meeting_id": meeting.id, "committee_id": committee, **line})
        self._cost(meeting, rider, there, staff)
        self._minuted(meeting, ends_at + timedelta(days=1))

    def _called(self, meeting: Meeting, site: Site) -> list[int]:
        of = self._street.staff[site.identity]
        return [number for role in meeting.audience.roles for number in of.get(Role(role), [])]

    def _cost(self, meeting: Meeting, rider: Department, there: dict[int, Row], staff: dict[str, list[int]]) -> None:
        """The burden account's rows; each of whom was called sat through all and was addressed for all but the ride."""
        number, day = self._new("burden_sitting"), meeting.starts_at.astimezone(SHANGHAI).date()
        seconds, addressed, month = 60 * meeting.minutes, 60 * 2 * OWN, day.year * 100 + day.month
        lines: list[Row] = []
        for site in meeting.sites:
            came = there[site.committee_id]["status"] not in {"absent", "excused"}
            persons = len(staff[site.identity]) if came else 0
            figures = [persons, 0, persons * seconds, persons * addressed]
            role = meeting.audience.roles[0]
            lines.append({
                "sitting_id": number, "committee_id": site.committee_id, "day": day, "called": True,
                "month": month, "source": "meeting",
                "department_id": meeting.host_department_id, "measured": True, "rides": 1,
                "attended": came, "uncounted": False, "persons": persons, "trips": 0, "sat": figures[2],
                "addressed": figures[3], "roles": {role: figures} if came else {},
            })  # fmt: skip
        persons = sum(int(str(line["persons"])) for line in lines)
        attended = sum(bool(line["attended"]) for line in lines)
        whole = [persons, 0, persons * seconds, persons * addressed]
        self._add("burden_sitting", {
            "id": number, "source": "meeting", "number": meeting.id, "day": day,
            "month": month, "starts_at": meeting.starts_at, "seconds": seconds,
            "title": meeting.title, "host": meeting.host, "department_id": meeting.host_department_id,
            "mode": "video", "measured": True, "called": len(lines), "attended": attended, "uncounted": 0,
            "persons": persons, "trips": 0, "sat": whole[2], "addressed": whole[3], "rides": 1,
            "roles": {meeting.audience.roles[0]: [attended, *whole]},
        })  # fmt: skip
        for line in lines:
            self._add("burden_line", line)
        self._add("burden_ride", {
            "sitting_id": number, "department_id": rider.id, "day": day, "items": 1, "seconds": 60 * RIDE,
        })  # fmt: skip

    def _minuted(self, meeting: Meeting, at: datetime) -> None:
        """Minutes that all but two committees took note of, and one task that is done unless it is recent."""
        segment, digest = meeting.segments[1], sha256(meeting.title.encode()).hexdigest()
        self._add("minutes_edition", {
            "meeting_id": meeting.id, "number": 1, "reason": "", "digest": digest, "published_by": "host",
            "published_at": at,
        })  # fmt: skip
        self._add("minutes_segment", {
            "meeting_id": meeting.id, "edition": 1, "segment_id": segment.id, "text": "逐点核对了名单。",
            "decisions": ["按名单办理"],
        })  # fmt: skip
        for site in meeting.sites[2:]:
            self._add("minutes_taken", {
                "meeting_id": meeting.id, "committee_id": site.committee_id, "edition": 1,
                "taken_by": site.identity, "taken_at": at + timedelta(hours=3),
            })  # fmt: skip
        task, done = self._new("task"), at < self._now - timedelta(days=30)
        self._add("task", {
            "id": task, "meeting_id": meeting.id, "segment_id": segment.id, "text": "报送核对结果",
            "due_on": (at + timedelta(days=7)).date(), "edition": 1, "ended": None,
        })  # fmt: skip
        site = meeting.sites[meeting.id % len(meeting.sites)]
        self._add("task_owner", {
            "task_id": task, "committee_id": site.committee_id, "department_id": None, "person_id": None,
            "name": site.name, "answer": "done" if done else "open", "note": "",
            "answered_by": site.identity if done else "", "answered_at": at if done else None,
        })  # fmt: skip


def judged(meeting: Meeting, said: list[Said]) -> dict[int, Row]:
    """Each committee's line of the sheet, told from its comings, goings and answers."""
    start, end = meeting.starts_at, meeting.starts_at + timedelta(minutes=meeting.minutes)
    committee = {site.identity: site.committee_id for site in meeting.sites}
    found: dict[int, Row] = {
        number: {"status": "absent", "late": False, "left_early": False, "headcount": None, "corrected": False}
        for number in committee.values()
    }
    for each in said:
        match each.payload:
            case p.SiteExcused(site=site):
                found[committee[site]]["status"] = "excused"
            case p.SiteJoined(site=site, occurred_at=at) if found[committee[site]]["status"] == "absent":
                late = at > start + timedelta(minutes=5)
                found[committee[site]] |= {"status": "late" if late else "present", "late": late}
            case p.SiteLeft(site=site, occurred_at=at, reason="CLIENT_INITIATED"):
                early = at < end - timedelta(minutes=5)
                found[committee[site]] |= {"status": "left_early" if early else "present", "left_early": early}
            case p.RosterTicked(site=site, people=there, guests=guests):
                found[committee[site]]["headcount"] = len(there) + guests
            case _:
                pass
    return found


def sheet(meeting: Meeting, sealed: int, at: datetime, there: dict[int, Row]) -> Row:
    statuses = [line["status"] for line in there.values()]
    counted = {word: statuses.count(word) for word in ("present", "absent", "excused", "brief")}
    counted["late"] = sum(bool(line["late"]) for line in there.values())
    counted["left_early"] = sum(bool(line["left_early"]) for line in there.values())
    heads = sum(int(str(line["headcount"] or 0)) for line in there.values())
    return {
        "meeting_id": meeting.id, "sealed": sealed, "sealed_at": at, "checkpointed_at": at, "asked": len(there),
        "corrected": 0, "headcount": heads, **counted,
    }  # fmt: skip


def _street(db: Db) -> Street:
    committees = people.committees(db)
    sites = tuple(
        Site(site_identity(each.seat), each.seat, each.name, each.id, "罗兴", each.phone) for each in committees
    )
    staff: dict[str, dict[Role, list[int]]] = {site.identity: {} for site in sites}
    for each in committees:
        for person in people.people(db, committee=each.id):
            for role in person.roles:
                staff[site_identity(each.seat)].setdefault(Role(role), []).append(person.id)
    return Street(people.departments(db), sites, staff)


def _seat(site: Site) -> int:
    return site.seat
