"""How long pages take over three years of meetings: the whole web process on SQLite, asked one page after the other."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from meetinghub.db import Database
from meetinghub.ledger.verify import Whole, verify
from tests.benchmarks.measure import Metric, busy_seconds, cpu_seconds, emit, quiet, say
from tests.benchmarks.years import MEETINGS, Years
from tests.flows.product import ROOT, START_SECONDS, Product, settings
from tests.peers.pages import Account

ROUNDS = 40
TARGET = 100
PASSWORD = "demo-2026"


@dataclass(frozen=True, slots=True)
class Page:
    """``who`` asks for ``path``; ``board`` in it stands for the number of a meeting with free minutes."""

    name: str
    who: str
    path: str


PAGES = (
    Page("today, committee", "site-12", "/"),
    Page("today, department", "dept-03", "/"),
    Page("today, coordinator", "coordinator", "/"),
    Page("agenda board, host", "coordinator", "/meetings/{board}/agenda"),
    Page("agenda board, claimant", "dept-03", "/meetings/{board}/agenda"),
    Page("meetings", "dept-03", "/meetings"),
    Page("attendance history", "coordinator", "/attendance"),
    Page("attendance history, committee", "site-12", "/attendance"),
    Page("requests, department", "dept-03", "/requests"),
    Page("requests, coordinator", "coordinator", "/requests"),
    Page("approvals", "coordinator", "/approvals"),
    Page("tasks", "site-12", "/tasks"),
    Page("merge plan", "coordinator", "/merge-plan"),
    Page("burden, street", "coordinator", "/burden"),
    Page("burden, department", "dept-03", "/burden"),
    Page("burden, committee", "site-12", "/burden"),
    Page("policy preview", "coordinator", "/policies/1/preview"),
)
INFORMS = {"policy preview"}
"""Replays half a year of meetings by the rules: that it takes a while is told, not bounded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds until the answer was there, and of web's processor for each."""

    waited: list[float]
    cpu: float
    others: str

    @property
    def p95(self) -> float:
        return sorted(self.waited)[max(0, -(-95 * len(self.waited) // 100) - 1)]


async def pages_bench(*, quick: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="mhpages-") as name:
        folder = Path(name)
        web = Product(folder, settings(folder) | {"DATABASE_URL": f"sqlite:///{folder / 'years.sqlite'}"})
        facts, board = filled(web, MEETINGS // 10 if quick else MEETINGS)
        async with _served(web) as accounts:
            await quiet()
            for page in PAGES:
                path = page.path.format(board=board)
                asked = await _asked(web, accounts[page.who], path)
                note = f"{ROUNDS} times one after the other, {asked.cpu:.0f} ms of web's processor each, {asked.others}"
                target = None if page.name in INFORMS else TARGET
                note = f"{facts} facts; {note}"
                emit(Metric("page_p95_ms", asked.p95, "ms", target, variant=page.name, note=note))


def filled(web: Product, meetings: int) -> tuple[int, int]:
    """Three years behind the demonstration: how many facts, and a meeting to come with free minutes and a claim."""
    for command in ("migrate", "demo"):
        program = [sys.executable, "-m", "meetinghub", command]
        subprocess.run(program, cwd=ROOT, env=web.environ, check=True, capture_output=True)
    database, start = Database(web.environ["DATABASE_URL"]), time.monotonic()
    try:
        facts = database.write_now(lambda db: Years(db, datetime.now(UTC), meetings).fill())
        found = database.read_now(verify)
        if not (isinstance(found, Whole) and found.facts == facts):
            raise RuntimeError(f"the ledger of the benchmark is not whole: {found}")
        board = database.read_now(lambda db: int(db.execute(_BOARD).scalar_one()))
    finally:
        database.close()
    say(f"pages: {meetings} meetings and {facts} facts written and verified in {time.monotonic() - start:.0f} s")
    return facts, board


_BOARD = text(
    "SELECT min(claim.meeting_id) FROM claim JOIN meeting ON meeting.id = claim.meeting_id "
    "WHERE claim.state = 'claimed' AND meeting.state = 'planned' AND meeting.title GLOB '* [0-9]*'"
)


@asynccontextmanager
async def _served(web: Product) -> AsyncIterator[dict[str, Account]]:
    """Web alone, and the askers signed in."""
    web.start("web")
    accounts = {name: Account(web.url, name) for name in sorted({page.who for page in PAGES})}
    try:
        until = time.monotonic() + START_SECONDS
        while web.status("/healthz") != 200:
            if time.monotonic() > until:
                raise RuntimeError(web.logs())
            await asyncio.sleep(0.1)
        for account in accounts.values():
            await account.sign_in(PASSWORD)
        yield accounts
    finally:
        for account in accounts.values():
            await account.close()
        web.kill("web", signal.SIGTERM)


async def _asked(web: Product, account: Account, path: str) -> Asked:
    for _ in range(3):  # templates, statements and the file's pages are there
        await account.get(path)
    process, waited = web.running["web"].pid, []
    began, cpu, own, (busy, _) = time.monotonic(), cpu_seconds(process), time.process_time(), busy_seconds()
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await account.get(path)
        waited.append(1000 * (time.perf_counter() - start))
    used, seconds = cpu_seconds(process) - cpu, time.monotonic() - began
    others = busy_seconds()[0] - busy - used - (time.process_time() - own)
    return Asked(waited, 1000 * used / ROUNDS, f"others {100 * max(0.0, others) / seconds:.0f} % of a core")
