"""Processes that append for themselves: killed in the middle, or two at once; on both engines."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from meetinghub.db import Database
from meetinghub.ledger import store
from meetinghub.ledger.verify import Whole, verify

WRITER = """
import sys
from datetime import UTC, datetime
from meetinghub.db import Database
from meetinghub.ledger import payloads as p, store
from meetinghub.ledger.fact import NewFact

database, count = Database(sys.argv[1]), int(sys.argv[2])
for number in range(count):
    facts = [NewFact(p.HandRaised("site-01", "问题")), NewFact(p.HandLowered("site-01", False))]
    at = datetime.now(UTC)
    written = database.write_now(store.append, facts, meeting_id=1, at=at, actor="chair")
    print(written[-1].number, flush=True)
"""
LONG = 10**9


def writer(database: Database, count: int) -> subprocess.Popen[str]:
    url = database.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-c", WRITER, url, str(count)], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("told", [1, 20])
def test_a_killed_writer_leaves_a_whole_ledger_with_all_that_it_told(database: Database, told: int) -> None:
    with writer(database, LONG) as process:
        assert process.stdout is not None
        numbers = [int(process.stdout.readline()) for _ in range(told)]
        process.send_signal(signal.SIGKILL)
        numbers += [int(line) for line in process.stdout if line.endswith("\n")]
    found = database.read_now(verify)
    assert isinstance(found, Whole)
    assert found.facts >= numbers[-1]
    assert found.facts % 2 == 0, "two facts of one transaction came apart"
    with writer(database, 1) as process:
        assert process.wait() == 0
    assert database.read_now(verify) == Whole(found.facts + 2, database.read_now(store.head)[1])


def test_two_processes_that_write_at_once_make_one_chain(database: Database) -> None:
    processes = [writer(database, 60) for _ in range(2)]
    told = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted(int(number) for each in told for number in each) == list(range(2, 241, 2))
    found = database.read_now(verify)
    assert isinstance(found, Whole)
    assert found.facts == 240
