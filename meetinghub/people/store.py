"""All queries about the organisation and its accounts; rows become frozen values here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session as Db
from sqlmodel import col, delete, func, select, update

from meetinghub.ids import AccountId, CommitteeId, DepartmentId, PersonId, StreetOfficeId
from meetinghub.people.model import Account, Committee, Department, Person, Right, Role, Session, StreetOffice
from meetinghub.people.tables import (
    AccountRightRow,
    AccountRow,
    CommitteeRow,
    DepartmentRow,
    PersonRoleRow,
    PersonRow,
    SessionRow,
    SignInFailureRow,
    StreetOfficeRow,
)
from meetinghub.people.throttle import Failures

ATTEMPTS = 0x5349474E
"""PostgreSQL advisory lock under which attempts to sign in are counted."""


def street_office(db: Db) -> StreetOffice | None:
    """The one this installation serves; None before anything was set up."""
    row = db.exec(select(StreetOfficeRow).order_by(col(StreetOfficeRow.id))).first()
    return StreetOffice(StreetOfficeId(_id(row.id)), row.name) if row else None


def departments(db: Db) -> list[Department]:
    """In the order of the register of organisations."""
    rows = db.exec(select(DepartmentRow).order_by(col(DepartmentRow.position)))
    return [Department(DepartmentId(_id(row.id)), row.name, row.line, row.position) for row in rows]


def committees(db: Db) -> list[Committee]:
    """In the order of their seats."""
    rows = db.exec(select(CommitteeRow).order_by(col(CommitteeRow.seat)))
    return [Committee(CommitteeId(_id(row.id)), row.seat, row.name, row.full_name, row.phone) for row in rows]


def people(
    db: Db,
    *,
    committee: CommitteeId | None = None,
    role: Role | None = None,
    named: str | None = None,
    limit: int | None = None,
) -> list[Person]:
    """Everybody, or those of one committee, one role, with ``named`` in their name, in the order they were entered."""
    wanted = select(PersonRow).order_by(col(PersonRow.id)).limit(limit)
    if named is not None:
        wanted = wanted.where(col(PersonRow.name).contains(named, autoescape=True))
    if committee is not None:
        wanted = wanted.where(PersonRow.committee_id == committee)
    if role is not None:
        holders = select(PersonRoleRow.person_id).where(PersonRoleRow.role == role.value)
        wanted = wanted.where(col(PersonRow.id).in_(holders))
    rows = db.exec(wanted).all()
    duties: dict[int, list[PersonRoleRow]] = defaultdict(list)
    for duty in db.exec(select(PersonRoleRow).where(col(PersonRoleRow.person_id).in_([row.id for row in rows]))):
        duties[duty.person_id].append(duty)
    return [_person(row, duties[_id(row.id)]) for row in rows]


def duties(db: Db, persons: Collection[int]) -> list[tuple[int, str, str]]:
    """Person, role and line (empty: none), for each role that one of ``persons`` holds."""
    held = PersonRoleRow
    wanted = select(held.person_id, held.role, held.line).where(col(held.person_id).in_(persons))
    return [(person, role, line) for person, role, line in db.exec(wanted)]


def count_called(db: Db, committees: Collection[int], roles: Collection[str], line: str) -> int:
    """How many persons of these committees hold one of these roles; ``line`` narrows line workers only."""
    narrowed = or_(col(PersonRoleRow.role) != Role.LINE_WORKER.value, col(PersonRoleRow.line) == line)
    wanted = (
        select(func.count(func.distinct(PersonRow.id)))
        .join(PersonRoleRow, col(PersonRoleRow.person_id) == col(PersonRow.id))
        .where(col(PersonRow.committee_id).in_(committees), col(PersonRoleRow.role).in_(roles))
    )
    return db.exec(wanted.where(narrowed) if line else wanted).one()


def account_named(db: Db, username: str) -> tuple[Account, str] | None:
    """The usable account of that name and its password's hash."""
    found = _accounts(db, col(AccountRow.username) == username)
    return found[0] if found else None


def account(db: Db, number: AccountId) -> Account | None:
    """The account with that number unless it is disabled."""
    found = _accounts(db, col(AccountRow.id) == number)
    return found[0][0] if found else None


def accounts(db: Db) -> list[Account]:
    """All that can sign in, by name."""
    return [each for each, _ in _accounts(db)]


def has_demo_accounts(db: Db) -> bool:
    """Whether this is a demonstration, whose passwords everybody knows."""
    return db.exec(select(AccountRow.id).where(col(AccountRow.demo).is_(True)).limit(1)).first() is not None


def add_account(
    db: Db, *, username: str, name: str, password_hash: str, rights: Iterable[Right], now: datetime
) -> AccountId:
    """A new account of nobody's department or committee."""
    row = AccountRow(username=username, name=name, password_hash=password_hash, created_at=now)
    db.add(row)
    db.flush()
    number = AccountId(_id(row.id))
    db.add_all(AccountRightRow(account_id=number, right=right.value) for right in rights)
    return number


def set_password(db: Db, number: AccountId, password_hash: str, *, demo: bool = False) -> None:
    changed = update(AccountRow).where(col(AccountRow.id) == number)
    db.exec(changed.values(password_hash=password_hash, demo=demo))


def add_session(db: Db, number: AccountId, session: Session) -> None:
    row = SessionRow(
        digest=session.digest,
        account_id=number,
        csrf=session.csrf,
        created_at=session.created_at,
        seen_at=session.seen_at,
        address=session.address,
        agent=session.agent,
    )
    db.add(row)


def session(db: Db, digest: str) -> tuple[Session, Account] | None:
    """A session that was not revoked and whose account can still sign in; its age is not looked at."""
    row = db.get(SessionRow, digest)
    if row is None or row.revoked_at is not None:
        return None
    owner = account(db, AccountId(row.account_id))
    return (_session(row), owner) if owner else None


def sessions_of(db: Db, number: AccountId) -> list[Session]:
    """Sessions of an account that were not revoked, latest use first; the caller drops the expired ones."""
    rows = db.exec(
        select(SessionRow)
        .where(SessionRow.account_id == number, col(SessionRow.revoked_at).is_(None))
        .order_by(col(SessionRow.seen_at).desc())
    )
    return [_session(row) for row in rows]


def note_use(db: Db, digest: str, now: datetime) -> None:
    db.exec(update(SessionRow).where(col(SessionRow.digest) == digest).values(seen_at=now))


def revoke(db: Db, number: AccountId, now: datetime, *, only: str | None = None, keep: str | None = None) -> int:
    """End the account's sessions: ``only`` that one, or all but ``keep``. Returns how many ended."""
    wanted = update(SessionRow).where(col(SessionRow.account_id) == number, col(SessionRow.revoked_at).is_(None))
    if only is not None:
        wanted = wanted.where(col(SessionRow.digest) == only)
    if keep is not None:
        wanted = wanted.where(col(SessionRow.digest) != keep)
    return int(db.exec(wanted.values(revoked_at=now)).rowcount)


def failures(db: Db, username: str, address: str, since: datetime) -> Failures:
    """Wrong passwords after ``since``."""

    def count(*conditions: object) -> int:
        wanted = select(func.count()).select_from(SignInFailureRow).where(col(SignInFailureRow.at) > since)
        for condition in conditions:
            wanted = wanted.where(condition)  # type: ignore[arg-type]  # a column's == is typed as bool
        return db.exec(wanted).one()

    same_name = col(SignInFailureRow.username) == username
    same_place = col(SignInFailureRow.address) == address
    return Failures(count(same_name, same_place), count(same_name), count(same_place))


def take_turns(db: Db) -> None:
    """Let attempts to sign in be counted one after the other; SQLite has one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ATTEMPTS})")


def add_failure(db: Db, username: str, address: str, now: datetime) -> int:
    """Note an attempt as failed until it is known to be good; returns its number."""
    row = SignInFailureRow(username=username, address=address, at=now)
    db.add(row)
    db.flush()
    return _id(row.id)


def forgive(db: Db, username: str, address: str) -> None:
    """After a good password: forget the account's failures from this address."""
    db.exec(
        delete(SignInFailureRow).where(
            col(SignInFailureRow.username) == username, col(SignInFailureRow.address) == address
        )
    )


def sweep(db: Db, *, failures_before: datetime, sessions_before: datetime) -> None:
    """Delete what no longer matters: old failures, and sessions made so long ago that they expired."""
    db.exec(delete(SignInFailureRow).where(col(SignInFailureRow.at) < failures_before))
    db.exec(delete(SessionRow).where(col(SessionRow.created_at) < sessions_before))


def _id(number: int | None) -> int:
    assert number is not None
    return number


def _session(row: SessionRow) -> Session:
    return Session(row.digest, row.csrf, row.created_at, row.seen_at, row.address, row.agent)


def _person(row: PersonRow, duties: list[PersonRoleRow]) -> Person:
    return Person(
        id=PersonId(_id(row.id)),
        name=row.name,
        phone=row.phone,
        roles=tuple(sorted({Role(duty.role) for duty in duties})),
        lines=tuple(sorted({duty.line for duty in duties if duty.line})),
        department=DepartmentId(row.department_id) if row.department_id is not None else None,
        committee=CommitteeId(row.committee_id) if row.committee_id is not None else None,
        mail=row.mail,
    )


def _accounts(db: Db, *conditions: ColumnElement[bool]) -> list[tuple[Account, str]]:
    """Usable accounts and their passwords' hashes, by name, in two queries however many there are."""
    mail = func.coalesce(PersonRow.mail, AccountRow.mail)
    wanted = (
        select(AccountRow, func.coalesce(DepartmentRow.name, CommitteeRow.full_name, ""), CommitteeRow.seat, mail)
        .outerjoin(DepartmentRow, col(DepartmentRow.id) == AccountRow.department_id)
        .outerjoin(CommitteeRow, col(CommitteeRow.id) == AccountRow.committee_id)
        .outerjoin(PersonRow, col(PersonRow.id) == AccountRow.person_id)
        .where(col(AccountRow.disabled_at).is_(None), *conditions)
        .order_by(AccountRow.username)
    )
    rows = db.exec(wanted).all()
    rights: dict[int, set[Right]] = defaultdict(set)
    held = select(AccountRightRow)
    if conditions:
        held = held.where(col(AccountRightRow.account_id).in_([row.id for row, *_ in rows]))
    for each in db.exec(held):
        rights[each.account_id].add(Right(each.right))
    return [
        (
            Account(
                id=AccountId(_id(row.id)),
                username=row.username,
                name=row.name,
                rights=frozenset(rights[_id(row.id)]),
                department=DepartmentId(row.department_id) if row.department_id is not None else None,
                committee=CommitteeId(row.committee_id) if row.committee_id is not None else None,
                seat=seat,
                unit=unit,
                demo=row.demo,
                mail=address,
                language=row.language,
            ),
            row.password_hash,
        )
        for row, unit, seat, address in rows
    ]
