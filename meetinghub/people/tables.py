"""Tables of the organisation, its people, their accounts and sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from meetinghub.rows import Row


class StreetOfficeRow(Row, table=True):
    __tablename__ = "street_office"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80, unique=True)


class DepartmentRow(Row, table=True):
    __tablename__ = "department"

    id: int | None = Field(default=None, primary_key=True)
    street_office_id: int = Field(foreign_key="street_office.id")
    name: str = Field(max_length=80, unique=True)
    line: str = Field(max_length=40)
    position: int
    mail: str = Field(max_length=254, default="")  # where mails to the department go; empty: nowhere


class CommitteeRow(Row, table=True):
    __tablename__ = "committee"
    __table_args__ = (CheckConstraint("seat BETWEEN 1 AND 33", name="seat_on_the_wall"),)

    id: int | None = Field(default=None, primary_key=True)
    street_office_id: int = Field(foreign_key="street_office.id")
    seat: int = Field(unique=True)
    name: str = Field(max_length=20, unique=True)
    full_name: str = Field(max_length=80)
    phone: str = Field(max_length=32)
    mail: str = Field(max_length=254, default="")


class PersonRow(Row, table=True):
    __tablename__ = "person"
    __table_args__ = (CheckConstraint("department_id IS NULL OR committee_id IS NULL", name="one_unit"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    phone: str = Field(max_length=32, default="")
    mail: str = Field(max_length=254, default="")
    department_id: int | None = Field(default=None, foreign_key="department.id", index=True)
    committee_id: int | None = Field(default=None, foreign_key="committee.id", index=True)


class PersonRoleRow(Row, table=True):
    __tablename__ = "person_role"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    role: str = Field(max_length=32, primary_key=True)
    line: str = Field(default="", max_length=40, primary_key=True)


class AccountRow(Row, table=True):
    """``mail`` is used by accounts that are no person's; ``language`` is that of its mails, empty: the office's."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("department_id IS NULL OR committee_id IS NULL", name="one_unit"),)

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(max_length=40, unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    name: str = Field(max_length=80)
    password_hash: str = Field(max_length=200)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    committee_id: int | None = Field(default=None, foreign_key="committee.id")
    mail: str = Field(default="", max_length=254)
    language: str = Field(default="", max_length=8)
    demo: bool = False
    disabled_at: datetime | None = None
    created_at: datetime


class AccountRightRow(Row, table=True):
    __tablename__ = "account_right"

    account_id: int = Field(foreign_key="account.id", primary_key=True, ondelete="CASCADE")
    right: str = Field(max_length=32, primary_key=True)


class SessionRow(Row, table=True):
    """``digest`` is SHA-256 of the cookie's value: whoever reads the table cannot sign in with it."""

    __tablename__ = "session"

    digest: str = Field(max_length=64, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    csrf: str = Field(max_length=64)
    created_at: datetime
    seen_at: datetime
    revoked_at: datetime | None = None
    address: str = Field(max_length=64)
    agent: str = Field(max_length=200)


class SignInFailureRow(Row, table=True):
    """One wrong password. Counted for the rate limit, swept by the worker."""

    __tablename__ = "sign_in_failure"

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(max_length=40, index=True)
    address: str = Field(max_length=64, index=True)
    at: datetime = Field(index=True)
