"""Tables of the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlmodel import Field

from meetinghub.rows import Row


class MailRow(Row, table=True):
    """``due_at`` is when the next try may begin; None while a person must decide, or when all is settled.

    ``claim`` names one try of one worker: whoever does not hold it cannot write its end. ``tries`` counts tries since
    it was owed or sent again, ``lost`` those whose end nobody knows, ``repeats`` how often it was sent after one.
    """

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_state_due_at", "state", "due_at"),
        Index("ix_mail_order_key_recipient_id", "order_key", "recipient", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=200, unique=True)
    kind: str = Field(max_length=40, index=True)
    recipient: str = Field(max_length=254, index=True)
    recipient_name: str = Field(max_length=80)
    reply_to: str = Field(max_length=254)
    list_id: str = Field(default="", max_length=40)
    subject: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    calendar: str = Field(sa_type=Text)
    order_key: str = Field(max_length=255)
    owed_at: datetime
    not_before: datetime
    not_after: datetime | None = None
    state: str = Field(max_length=16)
    due_at: datetime | None
    claim: str = Field(default="", max_length=32)
    claimed_by: str = Field(default="", max_length=80)
    lease_until: datetime | None = None
    handed_over_at: datetime | None = None
    message_id: str = Field(default="", max_length=320, index=True)
    tries: int = 0
    lost: int = 0
    repeats: int = 0
    settled_at: datetime | None = None
    problem: str = Field(default="", sa_type=Text)


class MailEventRow(Row, table=True):
    """How a try ended, or what a person decided. ``code`` is SMTP's, ``by`` a worker or an account."""

    __tablename__ = "mail_event"

    id: int | None = Field(default=None, primary_key=True)
    mail_id: int = Field(foreign_key="mail.id", index=True, ondelete="CASCADE")
    at: datetime
    event: str = Field(max_length=16)
    code: int | None = None
    answer: str = Field(sa_type=Text)
    by: str = Field(max_length=80)


class MailServerRow(Row, table=True):
    """One row: why the SMTP server takes nothing at all; ``problem`` is empty when it does."""

    __tablename__ = "mail_server"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    problem: str = Field(sa_type=Text)
    since: datetime
    tried_at: datetime


class DeadAddressRow(Row, table=True):
    """An address that mails came back from for good, until somebody enters it again."""

    __tablename__ = "mail_dead_address"

    address: str = Field(max_length=254, primary_key=True)
    since: datetime
    reason: str = Field(sa_type=Text)
    mail_id: int | None = Field(default=None, foreign_key="mail.id", ondelete="SET NULL")


class ReturnBoxRow(Row, table=True):
    """One row: how far the mailbox of returned mails was read (RFC 3501: UIDVALIDITY, UID); ``problem``: why not on."""

    __tablename__ = "mail_return_box"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    validity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    read_at: datetime
    problem: str = Field(sa_type=Text)
