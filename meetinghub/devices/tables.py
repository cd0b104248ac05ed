"""Tables of paired PCs, and of those that show a code. Of codes and tokens only digests are kept."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from meetinghub.rows import Row


class DeviceRow(Row, table=True):
    """``digest`` is SHA-256 of the token in the browser's cookie. An unpaired one stays, and never works again."""

    __tablename__ = "device"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    committee_id: int = Field(foreign_key="committee.id", index=True)
    csrf: str = Field(max_length=64)
    address: str = Field(max_length=64)
    agent: str = Field(max_length=200)
    paired_at: datetime
    paired_by: str = Field(max_length=40)
    seen_at: datetime
    unpaired_at: datetime | None = None


class PairingRow(Row, table=True):
    """A PC that shows a code: ``digest`` of its token, ``code`` the keyed digest of the code."""

    __tablename__ = "pairing"

    digest: str = Field(max_length=64, primary_key=True)
    code: str = Field(max_length=64, unique=True)
    address: str = Field(max_length=64, index=True)
    agent: str = Field(max_length=200)
    asked_at: datetime = Field(index=True)


class PairingFailureRow(Row, table=True):
    """One wrong code."""

    __tablename__ = "pairing_failure"

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(max_length=40, index=True)
    address: str = Field(max_length=64, index=True)
    at: datetime = Field(index=True)
