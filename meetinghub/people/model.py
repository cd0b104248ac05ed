"""Who there is: the street office, its departments and committees, their people, and the accounts that sign in.

A :class:`Role` is what a person does in real life (the seeds' 书记, 主任 …); a :class:`Right` is what an account may do
in the system. A person without an account is somebody who is called to meetings but never signs in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meetinghub.ids import AccountId, CommitteeId, DepartmentId, DeviceId, PersonId, StreetOfficeId


class Role(StrEnum):
    SECRETARY = "secretary"
    DIRECTOR = "director"
    DEPUTY_DIRECTOR = "deputy_director"
    LINE_WORKER = "line_worker"
    OWNERS_COMMITTEE = "owners_committee"
    PROPERTY_MANAGER = "property_manager"
    VOLUNTEER = "volunteer"
    OPERATOR = "operator"
    CLERK = "clerk"
    HEAD = "head"
    COORDINATOR = "coordinator"
    LEADER = "leader"


class Right(StrEnum):
    """What an account may do. ``DEPARTMENT`` and ``SITE`` hold for the account's own department or committee only."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    LEADER = "leader"
    HOST = "host"
    CHAIR = "chair"
    OPERATOR = "operator"
    DEPARTMENT = "department"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class StreetOffice:
    id: StreetOfficeId
    name: str


@dataclass(frozen=True, slots=True)
class Department:
    """``line`` is the business line it answers for; ``position`` its place in the register of organisations."""

    id: DepartmentId
    name: str
    line: str
    position: int


@dataclass(frozen=True, slots=True)
class Committee:
    """``seat`` (1 to 33) is its place on every wall, for ever."""

    id: CommitteeId
    seat: int
    name: str  # short, as on the wall: 青禾一村
    full_name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """``lines`` are the business lines a line worker answers for; empty for everybody else.

    ``mail`` is empty for those who get no mails.
    """

    id: PersonId
    name: str
    phone: str
    roles: tuple[Role, ...]
    lines: tuple[str, ...]
    department: DepartmentId | None
    committee: CommitteeId | None
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in. ``seat`` is set exactly when ``committee`` is; ``unit`` names where it belongs.

    ``device`` is set for a paired PC, which is nobody's account: its ``id`` is 0. ``mail`` is its person's address, or
    its own; ``language`` that of its mails, empty for the office's.
    """

    id: AccountId
    username: str
    name: str
    rights: frozenset[Right]
    department: DepartmentId | None
    committee: CommitteeId | None
    seat: int | None
    unit: str
    demo: bool
    device: DeviceId | None = None
    mail: str = ""
    language: str = ""

    def may(self, *rights: Right) -> bool:
        """Whether it has at least one of ``rights``."""
        return not self.rights.isdisjoint(rights)


@dataclass(frozen=True, slots=True)
class Session:
    """``digest`` is the name under which it is stored, never the cookie's value; ``csrf`` is what its forms carry."""

    digest: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account and the session through which it acts."""

    account: Account
    session: Session
