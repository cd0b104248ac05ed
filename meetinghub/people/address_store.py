"""Queries about mail addresses: of departments, committees, persons, and of accounts that are nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session as Db
from sqlmodel import col, func, select, update

from meetinghub.ids import AccountId, CommitteeId, PersonId
from meetinghub.people.tables import AccountRow, CommitteeRow, DepartmentRow, PersonRow


class Kind(StrEnum):
    DEPARTMENT = "department"
    COMMITTEE = "committee"
    PERSON = "person"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whoever can be written to. ``unit`` is empty for units; ``mail`` is empty when nobody has entered one."""

    kind: Kind
    number: int
    name: str
    unit: str
    phone: str
    mail: str


@dataclass(frozen=True, slots=True)
class Addresses:
    entries: Sequence[Addressed]
    whole: int
    without: int
    """How many of all of this kind have none."""


def page(db: Db, kind: Kind, *, text: str, without: bool, offset: int, limit: int) -> Addresses:
    """Units in their order, people by unit and name; ``text`` is looked for in name, unit and address."""
    found = [each for each in _all(db, kind) if text.casefold() in f"{each.name} {each.unit} {each.mail}".casefold()]
    none = sum(1 for each in found if not each.mail)
    if without:
        found = [each for each in found if not each.mail]
    return Addresses(found[offset : offset + limit], len(found), none)


def one(db: Db, kind: Kind, number: int) -> Addressed | None:
    found = _all(db, kind, number)
    return found[0] if found else None


def set_mail(db: Db, kind: Kind, number: int, mail: str) -> None:
    match kind:
        case Kind.DEPARTMENT:
            db.exec(update(DepartmentRow).where(col(DepartmentRow.id) == number).values(mail=mail))
        case Kind.COMMITTEE:
            db.exec(update(CommitteeRow).where(col(CommitteeRow.id) == number).values(mail=mail))
        case Kind.PERSON:
            db.exec(update(PersonRow).where(col(PersonRow.id) == number).values(mail=mail))
        case Kind.ACCOUNT:
            db.exec(update(AccountRow).where(col(AccountRow.id) == number).values(mail=mail))


def set_language(db: Db, account: AccountId, language: str) -> None:
    """Of the mails to an account; empty: the office's."""
    db.exec(update(AccountRow).where(col(AccountRow.id) == account).values(language=language))


def phone_of(db: Db, address: str) -> tuple[str, str] | None:
    """Whose address it is, and the telephone under which they are reached; None when nobody has it."""
    person = db.exec(select(PersonRow).where(func.lower(PersonRow.mail) == address.lower())).first()
    if person is not None:
        return person.name, person.phone
    committee = db.exec(select(CommitteeRow).where(func.lower(CommitteeRow.mail) == address.lower())).first()
    return (committee.full_name, committee.phone) if committee is not None else None


def _all(db: Db, kind: Kind, number: int | None = None) -> list[Addressed]:
    match kind:
        case Kind.DEPARTMENT:
            rows = db.exec(
                select(DepartmentRow).where(*_is(DepartmentRow.id, number)).order_by(col(DepartmentRow.position))
            )
            return [Addressed(kind, row.id or 0, row.name, "", "", row.mail) for row in rows]
        case Kind.COMMITTEE:
            seats = db.exec(select(CommitteeRow).where(*_is(CommitteeRow.id, number)).order_by(col(CommitteeRow.seat)))
            return [Addressed(kind, row.id or 0, row.full_name, "", row.phone, row.mail) for row in seats]
        case Kind.PERSON:
            place = col(DepartmentRow.position)
            unit = func.coalesce(DepartmentRow.name, CommitteeRow.full_name, "")
            persons = db.exec(
                select(PersonRow, unit)
                .outerjoin(DepartmentRow, col(DepartmentRow.id) == PersonRow.department_id)
                .outerjoin(CommitteeRow, col(CommitteeRow.id) == PersonRow.committee_id)
                .where(*_is(PersonRow.id, number))
                .order_by(place.is_(None), place, col(CommitteeRow.seat), col(PersonRow.id))
            )
            return [Addressed(kind, row.id or 0, row.name, of, row.phone, row.mail) for row, of in persons]
        case Kind.ACCOUNT:
            nobodys = col(AccountRow.person_id).is_(None)
            accounts = db.exec(
                select(AccountRow)
                .where(nobodys, col(AccountRow.disabled_at).is_(None), *_is(AccountRow.id, number))
                .order_by(col(AccountRow.username))
            )
            return [Addressed(kind, row.id or 0, row.name, row.username, "", row.mail) for row in accounts]


def _is(column: int | None, number: int | None) -> list[ColumnElement[bool]]:
    return [] if number is None else [col(column) == number]


def mailboxes(db: Db) -> dict[CommitteeId, str]:
    """Every committee's own address; empty where nobody has entered one."""
    rows = db.exec(select(CommitteeRow.id, CommitteeRow.mail))
    return {CommitteeId(number): mail for number, mail in rows if number is not None}


def languages(db: Db) -> dict[PersonId, str]:
    """Of the mails to people who have an account; empty: the office's."""
    wanted = select(AccountRow.person_id, AccountRow.language)
    rows = db.exec(wanted.where(col(AccountRow.disabled_at).is_(None), col(AccountRow.person_id).is_not(None)))
    return {PersonId(person): language for person, language in rows if person is not None}


def closed(db: Db) -> frozenset[PersonId]:
    """People who had accounts and have none that is open any more."""
    had = db.exec(select(AccountRow.person_id, AccountRow.disabled_at).where(col(AccountRow.person_id).is_not(None)))
    rows = [(PersonId(person), disabled is None) for person, disabled in had if person is not None]
    return frozenset(person for person, _ in rows) - {person for person, usable in rows if usable}
