"""The Procfile and the supervisor's configuration made from it."""

from __future__ import annotations

import configparser
from pathlib import Path

from meetinghub import procfile

ROOT = Path(__file__).resolve().parents[2]


def test_the_procfile_names_release_web_media_and_worker() -> None:
    found = procfile.parse((ROOT / "Procfile").read_text(encoding="utf-8"))
    assert list(found) == ["release", "web", "media", "worker"]
    assert all(command.startswith("python -m meetinghub ") for command in found.values())


def test_comments_and_blank_lines_are_no_processes() -> None:
    assert procfile.parse("# note: x\n\nweb: a: b\n  # y: z\n") == {"web": "a: b"}


def test_every_process_is_restarted_whenever_it_ends_and_logs_to_its_own_file() -> None:
    written = procfile.supervisor(
        {"web": "python -m x", "job": "run 'a b' 100%"},
        folder=Path("/srv/a %b"),
        logs=Path("/log"),
        root=True,
        python="/py",
    )
    read = configparser.RawConfigParser()
    read.read_string(written)
    assert read["program:web"]["command"] == "/py -m x"
    assert read["program:job"]["command"] == "run 'a b' 100%%"
    assert read["program:web"]["directory"] == "/srv/a %%b"
    for name in ("web", "job"):
        program = read[f"program:{name}"]
        assert program["autorestart"] == "true"
        assert program["stopasgroup"] == "true"
        assert program["stdout_logfile"] == f"/log/{name}.log"
    assert read["supervisord"]["nodaemon"] == "true"
    assert read["supervisord"]["user"] == "root"


def test_only_root_is_told_to_stay_root() -> None:
    assert "user =" not in procfile.supervisor({}, folder=Path("/a"), logs=Path("/b"), root=False)
