"""A file is what is in it."""

from __future__ import annotations

import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.errors import Invalid
from meetinghub.files import kinds
from meetinghub.files.kinds import Kind, kept, of_ending, recognised, rewritten
from tests.meetinghub.files.examples import FILES, PARTS, office


def refused(data: bytes, name: str = "x.pdf") -> str:
    with pytest.raises(Invalid) as caught:
        recognised(data, name)
    return caught.value.fields["file"]


@pytest.mark.parametrize("ending", FILES)
def test_every_kind_is_known_by_its_content_whatever_its_name(ending: str) -> None:
    name = "通知.txt" if ending == "txt" else "something.exe"
    assert recognised(FILES[ending], name) is of_ending(ending)


def test_macros_old_office_and_everything_else_are_refused() -> None:
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert refused(office(macro)) == "file.macros"
    assert refused(office(PARTS["docx"], others=("word/vbaProject.bin",))) == "file.macros"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "x.doc") == "file.old_office"
    assert refused(office("text/html")) == "file.unknown_kind"
    assert refused(b"MZ\x90\x00", "x.txt") == "file.unknown_kind"
    assert refused("通知".encode(), "x.html") == "file.unknown_kind"
    assert refused(b"PK\x03\x04 broken") == "file.unknown_kind"
    assert refused(b"") == "file.empty"
    assert refused(b"%PDF-" + b" " * kinds.LARGEST) == "file.too_large"


def test_a_package_without_a_manifest_or_with_a_huge_one_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.txt", "x")
    assert refused(made.getvalue()) == "file.unknown_kind"
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", PARTS["docx"] + " " * (2 * 1024 * 1024))
    assert refused(bomb.getvalue()) == "file.unknown_kind"


def test_older_chinese_text_is_kept_as_utf_8() -> None:
    data = "各居委会通知".encode("gb18030")
    assert recognised(data, "通知.TXT") is Kind.TEXT
    assert kept(data, Kind.TEXT) == "各居委会通知".encode()
    assert kept(b"%PDF-1", Kind.PDF) == b"%PDF-1"


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_are_one_of_our_kinds_or_refused_with_a_reason(data: bytes, name: str) -> None:
    try:
        kind = recognised(data, name)
    except Invalid as error:
        assert error.fields["file"].startswith("file.")  # noqa: PT017
    else:
        assert kept(data, kind)


@given(st.text(max_size=300), st.sampled_from(Kind))
def test_a_rewritten_name_is_one_visible_piece_with_the_right_ending(name: str, kind: Kind) -> None:
    found = rewritten(name, kind)
    assert found.endswith(f".{kind.ending}")
    assert 1 < len(found) <= kinds.LONGEST_NAME
    assert not set(found) & set('/\\<>:"|?*\u202e')
    assert not found.startswith((".", " "))
    assert all(unicodedata.category(character)[0] != "C" for character in found)
    assert rewritten(found, kind) == found


def test_names_keep_what_people_know_them_by() -> None:
    assert rewritten("C:\\文件\\2026年 走访名单.XLSX", Kind.XLSX) == "2026年 走访名单.xlsx"
    assert rewritten("通知\u202efdp.exe", Kind.PDF) == "通知fdp.pdf"
    assert rewritten("第1.2节说明事项", Kind.PDF) == "第1.2节说明事项.pdf"
    assert rewritten("...", Kind.PDF) == "document.pdf"
