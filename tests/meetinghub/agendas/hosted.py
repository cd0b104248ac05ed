"""A meeting with free minutes in a database, its host, two other departments, and what is needed to act on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import select

from meetinghub.agendas.claims import Kind
from meetinghub.agendas.letters import Letters
from meetinghub.agendas.service import Agendas, Wanted
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.ids import AccountId, DepartmentId
from meetinghub.mail.tables import MailRow
from meetinghub.meetings import service, store
from meetinghub.meetings.model import Audience, Meeting
from meetinghub.people.model import Account, Right, Role
from meetinghub.people.tables import (
    AccountRow,
    CommitteeRow,
    DepartmentRow,
    PersonRoleRow,
    PersonRow,
    StreetOfficeRow,
)
from meetinghub.words import all_words
from tests.meetinghub.agendas.examples import AGENDA, Weekdays
from tests.meetinghub.meetings.planned import SetClock

THURSDAY = datetime(2026, 11, 26, 13, 30, tzinfo=SHANGHAI)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
HOST, CIVIL, SAFETY = 1, 3, 4
NAMES = {1: "自治办", 2: "党建办", 3: "民政科", 4: "平安办"}


def account(department: int, *rights: Right) -> Account:
    return Account(
        AccountId(department),
        f"dept-{department:02d}",
        "",
        frozenset(rights or {Right.DEPARTMENT}),
        DepartmentId(department),
        None,
        None,
        NAMES[department],
        False,
    )


HOSTING = account(HOST, Right.HOST)
CLAIMING = account(CIVIL)


def register(db: Db, committees: int = 3) -> None:
    """Departments, committees with their people, and who may chair."""
    db.add(StreetOfficeRow(id=1, name="清河湾街道"))
    db.flush()
    for number, name in NAMES.items():
        db.add(
            DepartmentRow(
                id=number,
                street_office_id=1,
                name=name,
                line=name[:2],
                position=number,
                mail=f"dept-{number:02d}@qinghewan.example",
            )
        )
    for seat in range(1, committees + 1):
        db.add(
            CommitteeRow(
                id=100 + seat,
                street_office_id=1,
                seat=seat,
                name=f"居委会{seat}",
                full_name=f"居委会{seat}",
                phone="",
                mail=f"site-{seat:02d}@qinghewan.example",
            )
        )
        db.flush()
        _staff(db, seat)
    db.add(AccountRow(username="chair", name="周启明", password_hash="", created_at=MONDAY))
    db.flush()


def fill(db: Db, *, capacity: int = 100, committees: int = 3) -> int:
    """The meeting's number."""
    register(db, committees)
    meeting = Meeting(
        id=0,
        title="书记主任月度工作例会",
        host=NAMES[HOST],
        host_department_id=HOST,
        place="302 会议室",
        phone="",
        starts_at=THURSDAY,
        chair="chair",
        audience=Audience(("secretary", "director")),
        sites=(),
        segments=tuple(replace(each, department_id=_number(each.department)) for each in AGENDA),
        capacity=capacity,
    )
    sites = [store.SitePlan(100 + seat, "", "") for seat in range(1, committees + 1)]
    return service.plan(db, meeting=meeting, sites=sites, now=MONDAY, actor="host")


def agendas(database: Database, clock: SetClock | None = None) -> Agendas:
    letters = Letters(all_words()["zh-CN"], "https://hub.example")
    return Agendas(database, clock or SetClock(MONDAY), workdays=lambda _: Weekdays(), letters=letters)


def wanted(minutes: int = 10, *, department: int = CIVIL, kind: Kind = Kind.DISCUSSION) -> Wanted:
    audience = Audience(("director", "line_worker"), "民政")
    return Wanted(department, NAMES[department], "冬季送温暖对象核对", minutes, "沈若琳", kind, audience)


def mails(database: Database) -> Sequence[tuple[str, str, str]]:
    """Kind, recipient and text of all mails, in the order in which they were owed."""

    def read(db: Db) -> list[tuple[str, str, str]]:
        rows = db.exec(select(MailRow).order_by("id"))
        return [(row.kind, row.recipient, row.text) for row in rows]

    return database.read_now(read)


def days(count: float) -> timedelta:
    return timedelta(days=count)


def _number(name: str) -> int:
    return next(number for number, each in NAMES.items() if each == name)


def _staff(db: Db, seat: int) -> None:
    duties = ((Role.SECRETARY, ""), (Role.DIRECTOR, ""), (Role.LINE_WORKER, "民政"), (Role.LINE_WORKER, "平安"))
    for role, line in duties:
        person = PersonRow(name="某人", committee_id=100 + seat)
        db.add(person)
        db.flush()
        assert person.id is not None
        db.add(PersonRoleRow(person_id=person.id, role=role.value, line=line))
