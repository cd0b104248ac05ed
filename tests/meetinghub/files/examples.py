"""Small files of every kind that is taken, and of kinds that are not."""

from __future__ import annotations

import io
import zipfile

OFFICE = "application/vnd.openxmlformats-officedocument"
PARTS = {
    "docx": f"{OFFICE}.wordprocessingml.document.main+xml",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet.main+xml",
    "pptx": f"{OFFICE}.presentationml.presentation.main+xml",
}


def office(content_type: str, *, others: tuple[str, ...] = ()) -> bytes:
    """A package whose manifest names this content type."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        override = f'<Override PartName="/main.xml" ContentType="{content_type}"/>'
        package.writestr("[Content_Types].xml", f"<Types>{override}</Types>")
        for name in ("main.xml", *others):
            package.writestr(name, "x")
    return made.getvalue()


FILES = {
    "pdf": b"%PDF-1.7\n%%EOF",
    "png": b"\x89PNG\r\n\x1a\n....",
    "jpg": b"\xff\xd8\xff\xe0....",
    "gif": b"GIF89a....",
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "txt": "通知".encode(),
    **{ending: office(content_type) for ending, content_type in PARTS.items()},
}
