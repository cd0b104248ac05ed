"""The command: what it prints and how it ends, on both engines."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as core

from meetinghub import verifying
from meetinghub.clock import ShiftedClock
from meetinghub.config import Config, ConfigError, from_env
from meetinghub.db import Database
from meetinghub.documents.service import Documents
from meetinghub.files.shelf import Shelf
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store
from meetinghub.ledger.checkpoint import Checkpoint, entries, entry, short
from meetinghub.ledger.checkpoints import FILE, KEY, Checkpoints, append, signer, verifier
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.note import Signed
from tests.meetinghub.files.examples import FILES
from tests.meetinghub.ledger.tampering import tamper
from tests.meetinghub.minutes.examples import HOST, SAID, book, held, segments

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
Says = Callable[..., tuple[int, str]]


@pytest.fixture
def config(database: Database, tmp_path: Path) -> Config:
    url = database.url.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")
    return from_env({"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": url})


@pytest.fixture
def says(config: Config, capsys: pytest.CaptureFixture[str]) -> Says:
    def run(**options: object) -> tuple[int, str]:
        code = verifying.run(config, **options)  # type: ignore[arg-type]
        return code, capsys.readouterr().out

    return run


def fill(database: Database, count: int) -> None:
    for _ in range(count):
        database.write_now(store.append, [NewFact(p.MeetingStarted())], meeting_id=1, at=NOW, actor="chair")


def keep(database: Database, config: Config) -> Checkpoint:
    return database.read_now(Checkpoints(config.data_dir, ShiftedClock(timedelta())).keep)


def test_a_whole_ledger_ends_with_0_and_its_number_of_facts(database: Database, says: Says) -> None:
    fill(database, 3)
    code, text = says()
    assert code == 0
    assert "台账完好：3 条事实" in text
    assert "The ledger is whole: 3 facts" in text
    assert "There was no checkpoint" in text
    assert "Triggers" not in text


def test_checkpoints_that_agree_are_counted(database: Database, config: Config, says: Says) -> None:
    fill(database, 2)
    keep(database, config)
    fill(database, 2)
    last = keep(database, config)
    code, text = says(paper=[short(last.facts, last.head)])
    assert code == 0
    assert "3 checkpoint(s), the newest of 4 facts" in text
    assert str(verifier(config.data_dir)) in text


def test_the_first_bad_fact_is_named_in_both_languages(database: Database, says: Says) -> None:
    fill(database, 4)
    tamper(database, "UPDATE fact SET actor = 'somebody' WHERE number > 1")
    code, text = says()
    assert code == 1
    assert "第 2 条事实 (meeting:started)与写入时不一样" in text
    assert "fact 2 (meeting:started) is not as it was written" in text


def test_a_cut_end_is_found_by_the_checkpoint_outside(database: Database, config: Config, says: Says) -> None:
    fill(database, 12)
    keep(database, config)
    tamper(
        database,
        "DELETE FROM fact WHERE number > 10",
        "UPDATE ledger_head SET number = 10, hash = (SELECT hash FROM fact WHERE number = 10)",
    )
    code, text = says()
    assert code == 1
    assert "says 12 facts, the ledger has 10; its end was cut off" in text
    assert "记有 12 条事实，台账只有 10 条" in text


def test_a_copy_kept_elsewhere_counts_when_the_own_one_is_gone(
    database: Database, config: Config, says: Says, tmp_path: Path
) -> None:
    fill(database, 5)
    checkpoint = keep(database, config)
    copy = tmp_path / "copy.txt"
    copy.write_bytes((config.data_dir / FILE).read_bytes())
    key = str(verifier(config.data_dir))
    (config.data_dir / FILE).unlink()
    (config.data_dir / KEY).unlink()
    assert "There was no checkpoint" in says()[1]
    code, text = says(checkpoints=str(copy))
    assert code == 1
    assert "signed with another key" in text
    code, text = says(checkpoints=str(copy), key=[key])
    assert code == 0
    assert "1 checkpoint(s), the newest of 5 facts" in text
    assert says(paper=[short(5, checkpoint.head)])[0] == 0
    code, text = says(paper=[short(4, checkpoint.head)])
    assert code == 1
    assert "the checkpoint on paper saw another fact 4; something from fact 1 to fact 4 was written anew" in text


async def test_minutes_and_documents_are_held_against_the_ledger(
    database: Database, config: Config, says: Says
) -> None:
    meeting = database.write_now(held)
    first = segments(database, meeting)[0]
    await book(database).save(meeting, first, SAID, HOST, revision=0)
    await book(database).publish(meeting, HOST)
    papers = Documents(database, ShiftedClock(timedelta()), Shelf(config.data_dir / "files"))
    await papers.add(meeting, first, HOST, name="走访名单.pdf", data=FILES["pdf"])
    code, text = says()
    assert code == 0
    assert (
        "纪要 1 版、会议材料 1 份，都与台账相符。Editions of minutes: 1, documents: 1; all as the ledger says." in text
    )
    next((config.data_dir / "files").rglob("?" * 64)).unlink()
    code, text = says()
    assert code == 1
    assert f"会议 {meeting} 的材料 1 的文件不见了（台账第 6 条事实）" in text
    assert f"the file of document 1 of meeting {meeting} is missing" in text
    database.write_now(lambda db: db.execute(core.text("UPDATE minutes_segment SET text = '别的话'")))
    code, text = says()
    assert code == 1
    assert f"会议 {meeting} 的第 1 版纪要与发布时不一样（台账第 4 条事实）" in text
    assert f"Fact 4 says otherwise: edition 1 of meeting {meeting}'s minutes is not as it was published." in text


def test_guards_that_are_gone_are_told(database: Database, says: Says) -> None:
    fill(database, 2)
    tamper(database)
    tamper(database, "SELECT 1||ALTER TABLE fact DISABLE TRIGGER ALL")
    code, text = says()
    assert code == 0
    assert "The ledger is whole: 2 facts" in text
    assert "Triggers that refuse changes are gone: fact_follows, " in text


def test_a_changed_checkpoint_is_named_by_its_line(database: Database, config: Config, says: Says) -> None:
    fill(database, 5)
    keep(database, config)
    keep(database, config)
    path = config.data_dir / FILE
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[8] = "4"
    path.write_text("\n".join(lines), encoding="utf-8")
    code, text = says()
    assert code == 1
    assert "line 8" in text
    assert "signature is wrong" in text


def test_half_a_checkpoint_is_told_and_harms_nothing(database: Database, config: Config, says: Says) -> None:
    fill(database, 5)
    keep(database, config)
    path = config.data_dir / FILE
    path.write_bytes(path.read_bytes()[:40])
    keep(database, config)
    code, text = says()
    assert code == 0
    assert "half a checkpoint" in text
    assert "1 checkpoint(s)" in text


def test_what_cannot_be_understood_is_said_before_anything_is_read(says: Says) -> None:
    with pytest.raises(ConfigError, match="short form"):
        says(paper=["1200"])
    with pytest.raises(ConfigError, match="key"):
        says(key=["1200"])
    with pytest.raises(ConfigError, match="nowhere"):
        says(checkpoints="/nowhere/checkpoints.txt")


def test_checkpoints_are_kept_for_their_owner_only_and_signed_with_one_key(database: Database, config: Config) -> None:
    fill(database, 1)
    first, second = keep(database, config), keep(database, config)
    assert (first.facts, first.head) == database.read_now(store.head)
    assert first.origin == second.origin == signer(config.data_dir).verifier.name
    for name in (KEY, FILE):
        assert (config.data_dir / name).stat().st_mode & 0o077 == 0
    text = (config.data_dir / FILE).read_text(encoding="utf-8")
    found = list(entries(text, [signer(config.data_dir).verifier]))
    assert [(each.checkpoint, each.signed) for each in found] == [(first, Signed.GOOD), (second, Signed.GOOD)]


def test_two_that_add_at_once_both_stay_whole(tmp_path: Path) -> None:
    own = signer(tmp_path)
    program = (
        "import sys; from pathlib import Path; from meetinghub.ledger.checkpoints import append\n"
        "for _ in range(50): append(Path(sys.argv[1]), sys.argv[2])"
    )
    texts = [entry(Checkpoint(own.verifier.name, number, bytes(32), NOW), own) for number in (1, 2)]
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path / FILE), text]) for text in texts]
    assert [each.wait() for each in running] == [0, 0]
    found = list(entries((tmp_path / FILE).read_text(encoding="utf-8"), [own.verifier]))
    assert [each.signed for each in found] == [Signed.GOOD] * 100


def test_a_file_is_added_to_after_whatever_a_broken_write_left(tmp_path: Path) -> None:
    own = signer(tmp_path)
    text = entry(Checkpoint(own.verifier.name, 1, bytes(32), NOW), own)
    for left in ("x", "xy\n", "xy\n\n", text[:-1]):
        path = tmp_path / "file"
        path.write_text(left, encoding="utf-8")
        append(path, text)
        assert list(entries(path.read_text(encoding="utf-8"), [own.verifier]))[-1].signed is Signed.GOOD


def test_the_command_ends_with_0_1_or_2(sqlite_database: Database, tmp_path: Path) -> None:
    fill(sqlite_database, 3)
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": f"sqlite:///{sqlite_database.url.database}",
    }

    def run(*options: str) -> int:
        command = [sys.executable, "-m", "meetinghub", "verify", *options]
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

    assert run() == 0
    assert run("--paper", "nonsense") == 2
    tamper(sqlite_database, "DELETE FROM fact WHERE number = 2")
    assert run() == 1
