"""Who may import whom, and what pure files must not contain: the table of layers, held against the sources.

0 words · 1 pure rules · 2 storage · 3 use · 4 edges · 5 root. A file imports from its own layer and below. A new file
needs a line in :data:`LAYERS`, or the suite fails: whoever adds it decides where it belongs.
"""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("meetinghub", "signaling", "quotas", "digest", "web")

LAYERS = {
    # 0: words, and what is read once at start
    "meetinghub/errors.py": 0, "meetinghub/ids.py": 0, "meetinghub/clock.py": 0, "meetinghub/config.py": 0,
    "meetinghub/kept.py": 0, "meetinghub/settling.py": 0, "signaling/media/interface.py": 0, "*/__init__.py": 0,
    "meetinghub/addresses.py": 0,
    # asking, and where it meets others
    "meetinghub/meetings/calling.py": 2, "meetinghub/meetings/series_store.py": 2,
    "meetinghub/asking/rescheduling.py": 3, "meetinghub/bridges/store.py": 2, "meetinghub/bridges/joined.py": 5,
    "meetinghub/bridges/telling.py": 5,
    "meetinghub/bridges/*": 3, "meetinghub/asking/drafts.py": 3, "meetinghub/asking/ports.py": 2,
    "meetinghub/asking/tables.py": 2, "meetinghub/asking/store.py": 2,
    "meetinghub/asking/turns.py": 3, "meetinghub/asking/letters.py": 3, "meetinghub/asking/phrases.py": 3,
    "meetinghub/asking/clashes.py": 3, "meetinghub/asking/reminding.py": 3,
    "meetinghub/asking/topic_store.py": 2, "meetinghub/asking/topics.py": 3,
    "meetinghub/asking/service.py": 3, "meetinghub/asking/submitting.py": 3, "meetinghub/asking/deciding.py": 3,
    "meetinghub/asking/*": 1, "meetinghub/demo_asking.py": 5,
    # the burden account
    "meetinghub/burden/following.py": 3, "meetinghub/burden/ports.py": 2, "meetinghub/burden/said.py": 2,
    "meetinghub/burden/sums.py": 2, "meetinghub/burden/store.py": 2, "meetinghub/burden/tables.py": 2,
    "meetinghub/burden/service.py": 3, "meetinghub/burden/saying.py": 3, "meetinghub/burden/*": 1,
    # files and documents
    "meetinghub/files/shelf.py": 2, "meetinghub/files/*": 1, "meetinghub/documents/tables.py": 2,
    "meetinghub/documents/store.py": 2, "meetinghub/documents/service.py": 3, "meetinghub/documents/*": 1,
    # minutes and tasks
    "meetinghub/minutes/*store.py": 2, "meetinghub/minutes/service.py": 3,
    "meetinghub/minutes/tables.py": 2, "meetinghub/minutes/*": 1,
    # 5: roots
    "meetinghub/app.py": 5,
    "meetinghub/working.py": 5,
    "meetinghub/stopping.py": 4, "meetinghub/__main__.py": 5, "meetinghub/media.py": 5, "meetinghub/setup.py": 5,
    "meetinghub/supervise.py": 5, "meetinghub/demo.py": 5, "meetinghub/demo_meetings.py": 5,
    "meetinghub/demo_policies.py": 5, "meetinghub/demo_notices.py": 5, "meetinghub/demo_burden.py": 5,
    "meetinghub/demo_minutes.py": 5,
    "meetinghub/demo_attendance.py": 1,
    "signaling/server.py": 5,
    # 2: storage
    "meetinghub/ledger/verify.py": 2, "meetinghub/ledger/driver.py": 2, "meetinghub/ledger/ranges.py": 2,
    "meetinghub/ledger/checkpoints.py": 2, "meetinghub/verifying.py": 5, "meetinghub/recounting.py": 5,
    "*/tables.py": 2, "*/store.py": 2, "meetinghub/db.py": 2, "meetinghub/rows.py": 2, "meetinghub/heartbeat.py": 2,
    "meetinghub/schema.py": 2, "meetinghub/migrations/*": 2, "meetinghub/meetings/rosters.py": 2,
    "meetinghub/together.py": 2,
    # 3: use
    "*/service.py": 3, "quotas/metering.py": 3, "quotas/policies.py": 3, "quotas/usage.py": 3,
    "quotas/entering.py": 3,
    "meetinghub/people/passwords.py": 3, "meetinghub/meetings/roomkeeper.py": 3,
    "meetinghub/words.py": 3, "meetinghub/attendance/sealing.py": 3,
    "meetinghub/attendance/phrases.py": 3, "meetinghub/mail/outbox.py": 3,
    "meetinghub/mail/dead_store.py": 2, "meetinghub/people/address_store.py": 2,
    "meetinghub/mail/mailer.py": 4, "meetinghub/mail/returning.py": 4, "meetinghub/mail/reading.py": 2,
    "meetinghub/workdays/seed.py": 4, "meetinghub/workdays/upload.py": 4,
    "signaling/hub.py": 3, "signaling/session.py": 3, "signaling/live.py": 3, "signaling/media/engine.py": 3,
    "signaling/media/peer.py": 3, "signaling/media/channels.py": 3, "signaling/media/context.py": 3,
    "signaling/media/inbound.py": 3, "signaling/media/stream.py": 3, "signaling/media/track.py": 3,
    "signaling/media/feed.py": 3, "signaling/media/fanout.py": 3, "signaling/media/feedback.py": 3,
    "signaling/media/srtp.py": 2,  # libsrtp's functions on our buffers: no socket, no decision
    # 4: edges
    "web/access.py": 1, "web/pace.py": 1, "web/api/limits.py": 1, "web/*": 4,
    "meetinghub/meetings/projection.py": 4, "meetinghub/meetings/rooms.py": 4, "meetinghub/meetings/admission.py": 4,
    "meetinghub/worker.py": 4, "meetinghub/logs.py": 4, "meetinghub/certificate.py": 4,
    "meetinghub/paper.py": 4, "meetinghub/attendance/xlsx.py": 4,
    "signaling/api.py": 4, "signaling/endpoint.py": 4, "signaling/webhooks.py": 4, "signaling/metrics.py": 4,
    "signaling/tokens.py": 4, "signaling/media/port.py": 4, "signaling/media/names.py": 4,
    "signaling/media/dtls.py": 4, "signaling/media/metrics.py": 4,
    # 1: pure rules
    "meetinghub/devices/*": 1, "quotas/*": 1,
    "meetinghub/procfile.py": 1, "meetinghub/people/*": 1, "meetinghub/meetings/*": 1, "meetinghub/ledger/*": 1,
    "meetinghub/attendance/*": 1, "meetinghub/mail/*": 1, "meetinghub/workdays/*": 1,
    "meetinghub/calendars/planned.py": 2, "meetinghub/calendars/invitations.py": 2,
    "meetinghub/calendars/phrases.py": 3, "meetinghub/calendars/letters.py": 3,
    "meetinghub/calendars/inviter.py": 3, "meetinghub/calendars/answering.py": 3, "meetinghub/calendars/*": 1,
    "meetinghub/agendas/letters.py": 3, "meetinghub/agendas/announcing.py": 3,
    "meetinghub/tokens/*": 1, "meetinghub/webhooks/outbox.py": 3,
    "meetinghub/webhooks/sender.py": 4, "meetinghub/webhooks/*": 1,
    "meetinghub/agendas/phrases.py": 3, "meetinghub/agendas/*": 1, "meetinghub/merging/*": 1,
    "meetinghub/baselines/*": 1, "meetinghub/imports/ports.py": 2, "meetinghub/imports/taking.py": 3,
    "meetinghub/imports/upload.py": 4, "meetinghub/imports/sheets.py": 4, "meetinghub/imports/events.py": 4,
    "meetinghub/imports/*": 1, "meetinghub/aside.py": 3,
    # the weekly work notice
    "digest/*store.py": 2, "digest/ports.py": 2, "digest/rendering.py": 3, "digest/phrases.py": 3,
    "digest/lettering.py": 3, "digest/posting.py": 3, "digest/freezing.py": 3, "digest/department_letters.py": 3,
    "digest/*service.py": 3, "digest/sending.py": 3, "digest/reminding.py": 3, "digest/telling.py": 3, "digest/*": 1,
    "signaling/*": 1, "signaling/media/*": 1,
}  # fmt: skip
"""First match wins."""

MAY_REACH_UP = {
    # The media server's own wiring: the engine and its peers build the sockets and keys they drive, and rooms name
    # edges by the interface in signaling/media/interface.py.
    "signaling/",
    # The one room-keeping task holds both the room's state (projection) and the port to it.
    "meetinghub/meetings/",
}
NOT_IN_PURE = {"sqlmodel", "sqlalchemy", "aiohttp", "structlog", "logging", "socket", "requests", "apscheduler"}
SOURCES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in OURS
    for path in (ROOT / package).rglob("*.py")
    if "node_modules" not in path.parts and "versions" not in path.parts
)


def layer(source: str) -> int | None:
    return next((number for pattern, number in LAYERS.items() if fnmatch(source, pattern)), None)


def imports(source: str) -> set[str]:
    """Modules that a file names at its top level or inside its functions."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / source).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def as_source(module: str) -> str | None:
    path = module.replace(".", "/")
    for candidate in (f"{path}.py", f"{path}/__init__.py"):
        if candidate in SOURCES:
            return candidate
    return None


@pytest.mark.parametrize("source", SOURCES)
def test_every_file_has_a_layer_and_imports_from_its_own_or_below(source: str) -> None:
    own = layer(source)
    assert own is not None, f"give {source} a layer in tests/test_imports.py"
    if any(source.startswith(prefix) for prefix in MAY_REACH_UP):
        return
    for module in imports(source):
        imported = as_source(module)
        if imported and not imported.endswith("__init__.py"):
            other = layer(imported)
            assert other is not None
            assert other <= own, f"{source} (layer {own}) imports {imported} (layer {other})"


@pytest.mark.parametrize("source", [source for source in SOURCES if layer(source) == 1])
def test_pure_files_wait_for_nothing_read_no_clock_and_write_no_log(source: str) -> None:
    assert not {module.split(".")[0] for module in imports(source)} & NOT_IN_PURE
    for node in ast.walk(ast.parse((ROOT / source).read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), f"{source}:{node.lineno} waits"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            assert called not in {"datetime.now", "datetime.utcnow", "time.time", "time.monotonic"}, (
                f"{source}:{node.lineno} reads a clock"
            )


@pytest.mark.parametrize("source", SOURCES)
def test_packages_that_could_stand_alone_do(source: str) -> None:
    package = source.split("/")[0]
    named = {module.split(".")[0] for module in imports(source)} & set(OURS)
    match package:
        case "signaling":
            words = {module for module in imports(source) if module.startswith("meetinghub")}
            assert named <= {"signaling", "meetinghub"}
            assert {module.split(".")[1] for module in words if "." in module} <= {"errors", "ids", "clock", "settling"}
        case "quotas":
            assert not named & {"signaling", "digest", "web"}
        case "digest":
            assert not named & {"signaling", "quotas", "web"}
        case "web":
            assert "signaling" not in named
        case _:
            assert "web" not in named or source == "meetinghub/app.py"


@pytest.mark.parametrize("source", SOURCES)
def test_nobody_imports_the_composition_root(source: str) -> None:
    roots = {"meetinghub.app", "meetinghub.working", "meetinghub.__main__"}
    assert source == "meetinghub/__main__.py" or not imports(source) & roots


@pytest.mark.parametrize("source", [source for source in SOURCES if source.endswith(("store.py", "tables.py"))])
def test_only_db_commits(source: str) -> None:
    text = (ROOT / source).read_text(encoding="utf-8")
    assert ".commit(" not in text
    assert ".rollback(" not in text
