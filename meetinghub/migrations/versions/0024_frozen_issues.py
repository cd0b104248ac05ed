"""Triggers that keep what an approved issue of the weekly notice froze as it was."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = ("notice_issue_item", "notice_issue_page")
KEPT = "what an issue froze is never changed or deleted"
OPEN = "EXISTS (SELECT 1 FROM notice_issue WHERE id = NEW.issue_id AND state = 'open')"
BOUND = ("year", "week", "part", "kind", "corrects_id", "digest", "approved_by", "approved_at")
"""What an approved issue never changes; its state goes on, and when it is sent is written down later."""


def upgrade() -> None:
    if _postgresql():
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    for table in TABLES:
        for name in ("no_change", "no_late", "no_truncate") if _postgresql() else ("no_update", "no_delete", "no_late"):
            _drop(f"{table}_{name}", table)
    _drop("notice_issue_stays", "notice_issue")
    _drop("notice_issue_no_delete", "notice_issue")
    if _postgresql():
        op.execute("DROP FUNCTION notice_issue_is_open()")
        op.execute("DROP FUNCTION notice_issue_is_frozen()")


def _drop(trigger: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {trigger}" + (f" ON {table}" if _postgresql() else ""))


def _postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def _changed(differs: str) -> str:
    names = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in BOUND)
    return f"OLD.digest <> '' AND (NEW.state = 'open' OR {names})"


def _guard_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refuse}")
        # Also what REPLACE would put in place of a row, which fires no DELETE trigger.
        op.execute(f"CREATE TRIGGER {table}_no_late BEFORE INSERT ON {table} WHEN NOT {OPEN} {refuse}")
    op.execute(f"CREATE TRIGGER notice_issue_stays BEFORE UPDATE ON notice_issue WHEN {_changed('IS NOT')} {refuse}")
    op.execute(f"CREATE TRIGGER notice_issue_no_delete BEFORE DELETE ON notice_issue WHEN OLD.digest <> '' {refuse}")


def _guard_postgresql() -> None:
    refuse = f"RAISE EXCEPTION '{KEPT}';"
    op.execute(f"CREATE FUNCTION notice_issue_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {refuse} END$$")
    op.execute(
        "CREATE FUNCTION notice_issue_is_open() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN IF NOT {OPEN} THEN {refuse} END IF; RETURN NEW; END$$"
    )
    frozen = "EXECUTE FUNCTION notice_issue_is_frozen()"
    for table in TABLES:
        op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {frozen}")
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {frozen}")
        op.execute(
            f"CREATE TRIGGER {table}_no_late BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION notice_issue_is_open()"
        )
    op.execute(
        "CREATE TRIGGER notice_issue_stays BEFORE UPDATE ON notice_issue FOR EACH ROW "
        f"WHEN ({_changed('IS DISTINCT FROM')}) {frozen}"
    )
    op.execute(
        "CREATE TRIGGER notice_issue_no_delete BEFORE DELETE ON notice_issue FOR EACH ROW "
        f"WHEN (OLD.digest <> '') {frozen}"
    )
