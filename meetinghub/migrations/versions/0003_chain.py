"""Facts bound to one another by hashes; triggers that let a fact only be added at the end."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import rfc8785
import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DOMAIN = b"meetinghub ledger fact 1\0"
GENESIS = bytes(32)
BATCH = 1000
FACT = sa.table(
    "fact",
    sa.column("number", sa.BigInteger),
    sa.column("meeting_id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("version", sa.Integer),
    sa.column("at", UTCDateTime),
    sa.column("actor", sa.String),
    sa.column("payload", sa.Text),
    sa.column("key", sa.String),
    sa.column("prev", sa.LargeBinary),
    sa.column("hash", sa.LargeBinary),
)
HEAD = sa.table("ledger_head", sa.column("number", sa.BigInteger), sa.column("hash", sa.LargeBinary))


Guard = tuple[str, str, str]
"""A trigger: its name, its table, what it does."""


def upgrade() -> None:
    _drop(FIRST_POSTGRESQL if _postgresql() else FIRST_SQLITE)
    op.add_column("fact", sa.Column("prev", sa.LargeBinary(), nullable=True))
    op.add_column("fact", sa.Column("hash", sa.LargeBinary(), nullable=True))
    op.add_column("ledger_head", sa.Column("hash", sa.LargeBinary(), nullable=True))
    newest = _bind(op.get_bind())
    op.execute(HEAD.update().values(hash=newest))
    with op.batch_alter_table("fact") as fact:
        fact.alter_column("prev", existing_type=sa.LargeBinary(), nullable=False)
        fact.alter_column("hash", existing_type=sa.LargeBinary(), nullable=False)
        fact.create_unique_constraint(op.f("uq_fact_prev"), ["prev"])
    with op.batch_alter_table("ledger_head") as head:
        head.alter_column("hash", existing_type=sa.LargeBinary(), nullable=False)
    if _postgresql():
        for name, body in FUNCTIONS.items():
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$DECLARE newest record; BEGIN {body} END$$"
            )
    _create(POSTGRESQL if _postgresql() else SQLITE)


def downgrade() -> None:
    _drop(POSTGRESQL if _postgresql() else SQLITE)
    for name in FUNCTIONS if _postgresql() else ():
        op.execute(f"DROP FUNCTION {name}()")
    with op.batch_alter_table("fact") as fact:
        fact.drop_constraint(op.f("uq_fact_prev"), type_="unique")
        fact.drop_column("hash")
        fact.drop_column("prev")
    with op.batch_alter_table("ledger_head") as head:
        head.drop_column("hash")
    _create(FIRST_POSTGRESQL if _postgresql() else FIRST_SQLITE)


def _postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def _bind(connection: sa.Connection) -> bytes:
    """Give every fact its hashes, its texts in Unicode's form C; the hash of the last."""
    prev = GENESIS
    names = ("actor", "key", "payload", "prev", "hash")
    change = FACT.update().where(FACT.c.number == sa.bindparam("of", type_=sa.BigInteger()))
    change = change.values({name: sa.bindparam(name) for name in names})
    for batch in _facts(connection):
        changes = []
        for fact in batch:
            values = {
                "actor": _normal(fact.actor),
                "key": _normal(fact.key),
                "payload": rfc8785.dumps(_normal(json.loads(fact.payload))).decode(),
            }
            row = {
                "actor": values["actor"],
                "at": _text(fact.at),
                "key": values["key"],
                "kind": fact.kind,
                "meeting": fact.meeting_id,
                "number": fact.number,
                "payload": json.loads(values["payload"]),
                "version": fact.version,
            }
            hashed = hashlib.sha256(DOMAIN + prev + rfc8785.dumps(row)).digest()
            changes.append({**values, "of": fact.number, "prev": prev, "hash": hashed})
            prev = hashed
        connection.execute(change, changes)
    return prev


def _facts(connection: sa.Connection) -> Iterator[list[Any]]:
    """Batches in order; each is read whole before it is changed."""
    after = 0
    while batch := list(
        connection.execute(sa.select(FACT).where(FACT.c.number > after).order_by(FACT.c.number).limit(BATCH))
    ):
        yield batch
        after = batch[-1].number


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if isinstance(value, dict):
        return {_normal(name): _normal(item) for name, item in value.items()}
    return value


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _drop(guards: Sequence[Guard]) -> None:
    for name, table, _ in guards:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if _postgresql() else ""))


def _create(guards: Sequence[Guard]) -> None:
    for name, _, what in guards:
        op.execute(f"CREATE TRIGGER {name} {what}")


_KEPT = "BEGIN SELECT RAISE(ABORT, 'a fact is never changed or deleted'); END"
_GROWS = "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
_FOLLOWS = "'a fact follows the newest fact, and its key is its own'"
_NEWEST = "coalesce((SELECT {} FROM fact ORDER BY number DESC LIMIT 1), {})"

FIRST_SQLITE: Sequence[Guard] = (
    ("fact_no_update", "fact", f"BEFORE UPDATE ON fact {_KEPT}"),
    ("fact_no_delete", "fact", f"BEFORE DELETE ON fact {_KEPT}"),
    ("ledger_head_only_grows", "ledger_head", f"BEFORE UPDATE ON ledger_head WHEN NEW.number < OLD.number {_GROWS}"),
    ("ledger_head_no_delete", "ledger_head", f"BEFORE DELETE ON ledger_head {_GROWS}"),
)

# REPLACE deletes without a DELETE trigger (unless recursive_triggers is on), by any unique column: so a new fact must
# be the next one and its key must be free.
SQLITE: Sequence[Guard] = (
    *FIRST_SQLITE[:2],
    (
        "fact_follows",
        "fact",
        f"BEFORE INSERT ON fact WHEN NEW.number IS NOT {_NEWEST.format('number', 0)} + 1 "
        f"OR NEW.prev IS NOT {_NEWEST.format('hash', 'zeroblob(32)')} "
        f"OR EXISTS (SELECT 1 FROM fact WHERE key = NEW.key) BEGIN SELECT RAISE(ABORT, {_FOLLOWS}); END",
    ),
    (
        "ledger_head_follows",
        "ledger_head",
        f"BEFORE UPDATE ON ledger_head WHEN NEW.id IS NOT 1 OR NEW.number IS NOT {_NEWEST.format('number', 0)} "
        f"OR NEW.hash IS NOT {_NEWEST.format('hash', 'zeroblob(32)')} {_GROWS}",
    ),
    ("ledger_head_no_delete", "ledger_head", f"BEFORE DELETE ON ledger_head {_GROWS}"),
    ("ledger_head_no_insert", "ledger_head", f"BEFORE INSERT ON ledger_head {_GROWS}"),
)

FIRST_POSTGRESQL: Sequence[Guard] = (
    (
        "fact_no_change",
        "fact",
        "BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION fact_is_for_ever()",
    ),
    ("fact_no_truncate", "fact", "BEFORE TRUNCATE ON fact FOR EACH STATEMENT EXECUTE FUNCTION fact_is_for_ever()"),
    (
        "ledger_head_only_grows",
        "ledger_head",
        "BEFORE UPDATE ON ledger_head FOR EACH ROW WHEN (NEW.number < OLD.number) EXECUTE FUNCTION fact_is_for_ever()",
    ),
    (
        "ledger_head_no_delete",
        "ledger_head",
        "BEFORE DELETE ON ledger_head FOR EACH ROW EXECUTE FUNCTION fact_is_for_ever()",
    ),
)
POSTGRESQL: Sequence[Guard] = (
    *FIRST_POSTGRESQL[:2],
    ("fact_follows", "fact", "BEFORE INSERT ON fact FOR EACH ROW EXECUTE FUNCTION fact_follows()"),
    (
        "ledger_head_follows",
        "ledger_head",
        "BEFORE UPDATE OR DELETE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_head_follows()",
    ),
    (
        "ledger_head_no_insert",
        "ledger_head",
        "BEFORE INSERT OR TRUNCATE ON ledger_head FOR EACH STATEMENT EXECUTE FUNCTION ledger_head_follows()",
    ),
)
_LAST = "SELECT number, hash INTO newest FROM fact ORDER BY number DESC LIMIT 1"
_ZERO = "decode(repeat('00', 32), 'hex')"
FUNCTIONS = {
    "fact_follows": f"{_LAST}; IF NEW.number IS DISTINCT FROM coalesce(newest.number, 0) + 1 "
    f"OR NEW.prev IS DISTINCT FROM coalesce(newest.hash, {_ZERO}) "
    f"THEN RAISE EXCEPTION {_FOLLOWS}; END IF; RETURN NEW;",
    "ledger_head_follows": f"IF TG_OP = 'UPDATE' THEN {_LAST}; IF NEW.id = 1 "
    f"AND NEW.number = coalesce(newest.number, 0) AND NEW.hash = coalesce(newest.hash, {_ZERO}) "
    "THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION 'the ledger only grows';",
}
