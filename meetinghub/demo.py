"""The demonstration: a street office with its departments, committees, people and accounts, all invented.

Every account's password is public. The accounts are marked, and a marked account keeps the system from being bound to
any address but loopback (:func:`refuse_strangers`).
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from importlib import resources
from typing import Any

from sqlmodel import Session as Db

from meetinghub.config import Config, ConfigError
from meetinghub.ids import SEATS, site_identity
from meetinghub.people import store
from meetinghub.people.model import Right, Role
from meetinghub.people.tables import (
    AccountRightRow,
    AccountRow,
    CommitteeRow,
    DepartmentRow,
    PersonRoleRow,
    PersonRow,
    StreetOfficeRow,
)

PASSWORD = "demo-2026"
DOMAIN = "qinghewan.example"
"""Nobody's, for ever (RFC 2606): mails to the demonstration's people and units reach no one."""
WITHOUT_MAIL = {Role.VOLUNTEER, Role.OWNERS_COMMITTEE, Role.PROPERTY_MANAGER}
"""They are called by telephone."""


def refuse_strangers(config: Config, *, demo: bool) -> None:
    """Raise :class:`ConfigError` when accounts with public passwords could be reached from another machine."""
    if demo and not config.loopback:
        raise ConfigError(
            [
                f"HOST={config.host} 不能用于演示数据库：演示账户的口令是公开的，只能在 127.0.0.1 上使用。"
                "请先用 make trial 给每个账户换上自己的口令，或换一个空的 DATA_DIR。A demonstration database, whose "
                "passwords are public, works on 127.0.0.1 only: run make trial first, or use an empty DATA_DIR."
            ]
        )


def usernames() -> list[str]:
    """Every account of the demonstration, in the order in which they are told to a newcomer."""
    data = _data()
    named = [each["username"] for each in data["accounts"]]
    return [
        *named,
        *(f"dept-{number:02d}" for number in range(1, len(data["departments"]) + 1)),
        *(site_identity(seat) for seat in range(1, SEATS + 1)),
    ]


def main_venue_phone() -> str:
    """Who to call when a committee cannot get in."""
    return str(_data()["main_venue_phone"])


def fill(db: Db, *, now: datetime, password_hash: str) -> bool:
    """Put the demonstration into an empty database; returns False when somebody is already there.

    ``password_hash`` is that of :data:`PASSWORD`, made once for all accounts: the password is no secret.
    """
    if store.street_office(db) is not None:
        return False
    data = _data()
    office = StreetOfficeRow(name=data["street_office"])
    db.add(office)
    db.flush()
    assert office.id is not None
    make = _Maker(db, now, password_hash)
    departments = _departments(make, office.id, data)
    _committees(make, office.id, data)
    for each in data["accounts"]:
        department = departments[each["department"]]
        role = Role(each.get("role", "clerk"))
        name, mail = each["username"], f"{each['username']}@{DOMAIN}"
        person = make.person(each["name"], each.get("phone", ""), department=department, mail=mail, roles=[(role, "")])
        make.account(name, person, Right(each["right"]))
    return True


class _Maker:
    """Adds a person or an account."""

    def __init__(self, db: Db, now: datetime, password_hash: str) -> None:
        self.db = db
        self.now = now
        self.password_hash = password_hash

    def person(
        self,
        name: str,
        phone: str,
        *,
        department: int | None = None,
        committee: int | None = None,
        mail: str = "",
        roles: list[tuple[Role, str]],
    ) -> PersonRow:
        row = PersonRow(name=name, phone=phone, mail=mail, department_id=department, committee_id=committee)
        self.db.add(row)
        self.db.flush()
        assert row.id is not None
        self.db.add_all(PersonRoleRow(person_id=row.id, role=role.value, line=line) for role, line in roles)
        return row

    def account(self, username: str, person: PersonRow, right: Right) -> None:
        row = AccountRow(
            username=username,
            person_id=person.id,
            name=person.name,
            password_hash=self.password_hash,
            department_id=person.department_id,
            committee_id=person.committee_id,
            demo=True,
            created_at=self.now,
        )
        self.db.add(row)
        self.db.flush()
        assert row.id is not None
        self.db.add(AccountRightRow(account_id=row.id, right=right.value))


def _departments(make: _Maker, office: int, data: dict[str, Any]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for position, each in enumerate(data["departments"], start=1):
        row = DepartmentRow(
            street_office_id=office,
            name=each["name"],
            line=each["line"],
            position=position,
            mail=f"dept-{position:02d}@{DOMAIN}",
        )
        make.db.add(row)
        make.db.flush()
        assert row.id is not None
        numbers[row.name] = row.id
        mail = f"dept-{position:02d}.clerk@{DOMAIN}"
        clerk = make.person(each["clerk"], "", department=row.id, mail=mail, roles=[(Role.CLERK, "")])
        make.account(f"dept-{position:02d}", clerk, Right.DEPARTMENT)
    return numbers


def _committees(make: _Maker, office: int, data: dict[str, Any]) -> None:
    for seat, name in enumerate(data["committees"]["names"], start=1):
        row = CommitteeRow(
            street_office_id=office,
            seat=seat,
            name=name,
            full_name=f"{name}居委会",
            phone=f"021-5550 {seat:04d}",
            mail=f"{site_identity(seat)}@{DOMAIN}",
        )
        make.db.add(row)
        make.db.flush()
        staff = zip(_staff_names(data, seat, name), data["staff"], strict=True)
        for number, (person, duty) in enumerate(staff, start=1):
            role, mail = Role(duty["role"]), f"{site_identity(seat)}.{number}@{DOMAIN}"
            mail = "" if role in WITHOUT_MAIL else mail
            make.person(person, "", committee=row.id, mail=mail, roles=[(role, duty.get("line", ""))])
        operator = data["committees"]["operators"][seat - 1]
        phone = f"199 0000 01{seat:02d}"
        hands = make.person(operator, phone, committee=row.id, roles=[(Role.OPERATOR, "")])
        make.account(site_identity(seat), hands, Right.SITE)


def _staff_names(data: dict[str, Any], seat: int, committee: str) -> list[str]:
    own = data["names"]["own"].get(committee)
    if own:
        return list(own)
    surnames, given = data["names"]["surnames"], data["names"]["given"]
    names = []
    for number in range(seat * len(data["staff"]), (seat + 1) * len(data["staff"])):
        turn, surname = divmod(number, len(surnames))
        names.append(surnames[surname] + given[(number * 7 + turn + 2) % len(given)])  # no pair comes twice in 400
    return names


def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("meetinghub").joinpath("demo.toml").read_text(encoding="utf-8"))
