"""All queries about mails; rows become frozen values here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session as Db
from sqlmodel import col

from meetinghub.mail.message import Owed
from meetinghub.mail.states import State
from meetinghub.mail.tables import MailRow


def add(db: Db, owed: Owed, *, state: State, problem: str, now: datetime) -> bool:
    """Write a mail down unless its key is there already; whether it was not."""
    begins = max(now, owed.not_before or now)
    values = {
        "key": owed.key,
        "kind": owed.kind,
        "recipient": owed.to,
        "recipient_name": owed.to_name,
        "reply_to": owed.reply_to,
        "subject": owed.subject,
        "text": owed.text,
        "html": owed.html,
        "calendar": owed.calendar,
        "order_key": owed.order_key,
        "owed_at": now,
        "not_before": begins,
        "not_after": owed.not_after,
        "state": state.value,
        "due_at": begins if state is State.OWED else None,
        "settled_at": None if state is State.OWED else now,
        "problem": problem,
    }
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(MailRow).values(**values).on_conflict_do_nothing(index_elements=["key"])
    return db.execute(statement.returning(col(MailRow.id))).first() is not None
