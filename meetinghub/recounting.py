"""``recount``: makes the burden account's rows again from the ledger and the attendance sheets in it."""

from __future__ import annotations

from meetinghub import schema
from meetinghub.bridges.held import HeldMeetings
from meetinghub.burden.following import rebuild
from meetinghub.config import Config
from meetinghub.db import Database


def run(config: Config) -> None:
    """Print how many facts were followed."""
    schema.require_current(config.database_url)
    database = Database(config.database_url)
    try:
        facts = rebuild(database, HeldMeetings())
    finally:
        database.close()
    print(f"会议负担已从 {facts} 条事实重新计算。Counted anew from {facts} facts.")
