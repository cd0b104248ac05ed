"""Run by alembic: compares and changes the database behind the connection that was handed over."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlmodel import SQLModel

import digest.tables  # noqa: F401  (imported so that the tables are known)
import meetinghub.agendas.tables
import meetinghub.asking.tables
import meetinghub.attendance.tables
import meetinghub.baselines.tables
import meetinghub.burden.tables
import meetinghub.calendars.tables
import meetinghub.devices.tables
import meetinghub.documents.tables
import meetinghub.heartbeat
import meetinghub.imports.tables
import meetinghub.ledger.tables
import meetinghub.mail.tables
import meetinghub.meetings.tables
import meetinghub.merging.tables
import meetinghub.minutes.tables
import meetinghub.people.tables
import meetinghub.repeats.tables
import meetinghub.tokens.tables
import meetinghub.webhooks.tables
import meetinghub.workdays.tables  # noqa: F401
import quotas.tables  # noqa: F401  (imported so that the tables are known)


def render_type(kind: str, thing: object, _: object) -> str | Literal[False]:
    """sqlmodel's own column types by their short names, which the template imports."""
    if kind == "type" and type(thing).__module__ == "sqlmodel.sql.sqltypes":
        return repr(thing)
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    compare_type=True,
    render_item=render_type,
)
context.run_migrations()
