"""Files under the hash of their content."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from meetinghub.files.shelf import Shelf


def test_equal_files_are_kept_once_and_read_back(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "files")
    digest = shelf.keep(b"one")
    assert digest == hashlib.sha256(b"one").hexdigest() == shelf.keep(b"one")
    assert shelf.read(digest) == b"one"
    (path,) = [each for each in (tmp_path / "files").rglob("*") if each.is_file()]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path == shelf.path(digest)


def test_what_was_changed_or_is_gone_is_not_handed_out(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "files")
    digest = shelf.keep(b"one")
    shelf.path(digest).write_bytes(b"two")
    assert shelf.read(digest) is None
    assert shelf.read("0" * 64) is None


def test_only_digests_are_paths(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.\./x"):
        Shelf(tmp_path).path("../x")
