"""What a file is, by what is in it: its name proves nothing.

Allowed are the few kinds an office sends around and that carry no programme: a Word document with macros is refused,
and so is everything that cannot be told.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from dataclasses import dataclass
from enum import Enum

from meetinghub.errors import Invalid

LARGEST = 20 * 1024 * 1024
LONGEST_NAME = 100
_MANIFEST = "[Content_Types].xml"
_LARGEST_MANIFEST = 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Shape:
    ending: str
    media_type: str


class Kind(Enum):
    PDF = Shape("pdf", "application/pdf")
    DOCX = Shape("docx", f"{_OFFICE}.wordprocessingml.document")
    XLSX = Shape("xlsx", f"{_OFFICE}.spreadsheetml.sheet")
    PPTX = Shape("pptx", f"{_OFFICE}.presentationml.presentation")
    PNG = Shape("png", "image/png")
    JPEG = Shape("jpg", "image/jpeg")
    GIF = Shape("gif", "image/gif")
    WEBP = Shape("webp", "image/webp")
    TEXT = Shape("txt", "text/plain; charset=utf-8")

    @property
    def ending(self) -> str:
        return self.value.ending

    @property
    def media_type(self) -> str:
        return self.value.media_type


def of_ending(ending: str) -> Kind:
    """The kind that is kept under this ending; ``KeyError`` for none of ours."""
    return {kind.ending: kind for kind in Kind}[ending]


def recognised(data: bytes, name: str) -> Kind:
    """Raises :class:`Invalid` for ``file`` when it is empty, too large, or of a kind that is not taken."""
    if not data:
        raise _bad("file.empty")
    if len(data) > LARGEST:
        raise _bad("file.too_large")
    if data.startswith(b"%PDF-"):
        return Kind.PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Kind.GIF
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if data.startswith(_OLE):
        raise _bad("file.old_office")
    if name.lower().endswith((".txt", ".csv")) and text_of(data) is not None:
        return Kind.TEXT
    raise _bad("file.unknown_kind")


def kept(data: bytes, kind: Kind) -> bytes:
    """The bytes to keep: text is written anew as UTF-8, which is what its media type says."""
    text = text_of(data) if kind is Kind.TEXT else None
    return data if text is None else text.encode()


def size(count: int) -> str:
    """Bytes for a reader: 350 KB, 2.4 MB."""
    if count < 1000_000:
        return f"{max(1, round(count / 1000))} KB"
    return f"{count / 1000_000:.1f} MB"


def text_of(data: bytes) -> str | None:
    """Text in UTF-8 or, as older Windows programmes write it, GB 18030; None for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(character in "\t\n\r\f" or unicodedata.category(character) != "Cc" for character in text):
            return text
    return None


def rewritten(name: str, kind: Kind) -> str:
    """A name without folders, signs that cannot be seen or turn the reading round; with the kind's own ending."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(
        character
        for character in unicodedata.normalize("NFC", last)
        if character not in _DIRECTIONS and unicodedata.category(character)[0] != "C" and character not in '<>:"|?*'
    )
    stem, _, ending = seen.rpartition(".")
    if not stem or len(ending) > 5:
        stem = seen
    stem = " ".join(stem.split()).strip(". ")[: LONGEST_NAME - 6].rstrip(". ")
    return f"{stem or 'document'}.{kind.ending}"


def _office(data: bytes) -> Kind:
    """A package of Office Open XML (ECMA-376 part 2) whose main part is a document, a sheet or slides."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {each.filename for each in package.infolist()}
            manifest = package.getinfo(_MANIFEST)
            if manifest.file_size > _LARGEST_MANIFEST:
                raise _bad("file.unknown_kind")
            with package.open(manifest) as part:
                said = part.read(_LARGEST_MANIFEST)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        raise _bad("file.unknown_kind") from None
    if b"macroEnabled" in said or any(each.lower().endswith("vbaproject.bin") for each in names):
        raise _bad("file.macros")
    for kind in (Kind.DOCX, Kind.XLSX, Kind.PPTX):
        if f"{kind.media_type}.main+xml".encode() in said:
            return kind
    raise _bad("file.unknown_kind")


def _bad(code: str) -> Invalid:
    return Invalid(fields={"file": code}, megabytes=LARGEST // (1024 * 1024))
