"""What somebody does who holds the database: takes the guards away, changes rows."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from meetinghub.db import Database

COLUMNS = "number, meeting_id, kind, version, at, actor, payload, key, prev, hash"


def tamper(database: Database, *statements: str) -> None:
    """Run ``statements`` with no trigger and no constraint in the way; ``sqlite||postgresql`` where the SQL differs."""

    def act(db: Session) -> None:
        if database.is_sqlite:
            triggers = db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in triggers:
                db.execute(text(f"DROP TRIGGER {name}"))
            db.execute(text("CREATE TABLE loose AS SELECT * FROM fact"))
            db.execute(text("DROP TABLE fact"))
            db.execute(text("ALTER TABLE loose RENAME TO fact"))
        else:
            db.execute(text("SET LOCAL session_replication_role = replica"))
            for constraint in ("uq_fact_prev", "uq_fact_key", "pk_fact"):
                db.execute(text(f"ALTER TABLE fact DROP CONSTRAINT IF EXISTS {constraint}"))
        for statement in statements:
            sqlite, _, postgresql = statement.partition("||")
            db.execute(text(sqlite if database.is_sqlite or not postgresql else postgresql))

    database.write_now(act)
