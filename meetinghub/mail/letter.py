"""How a mail of ours looks: blocks → plain text, and HTML that says the same.

Mail programs know no style sheets worth the name, so every element carries its own style; the head only turns colours
for the dark and gives a telephone the whole width. Nothing is loaded from anywhere: no picture, no script, no font.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

FONT = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
MUTED, LINE, BLUE = "#4a4e55", "#dcd8ce", "#0f4c81"
HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<style>@media (prefers-color-scheme:dark){body{background:#0e1116!important;color:#eef1f5!important}"
    ".mail{background:#171b22!important}.mast{background:#16283a!important}.quiet{color:#b9c0ca!important}"
    ".mail a{color:#6bb0f2!important}.mail .go{background:#6bb0f2!important;color:#08131e!important}"
    ".foot{background:#0a0c10!important}}"
    "@media (max-width:480px){.mast,.body,.foot{padding-left:18px!important;padding-right:18px!important}}</style>"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph; ``strong`` is what the mail is about."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    """Somebody's own words."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Name and value, a line each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Lines under a heading."""

    heading: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Where to go: a button in HTML, the address in text."""

    label: str
    address: str


Block = Said | Quoted | Facts | Listed | Way


@dataclass(frozen=True, slots=True)
class Letter:
    """``sender``: whose letter it is, above the title. ``colon`` stands between a name and its value in text."""

    language: str
    sender: str
    title: str
    blocks: tuple[Block, ...]
    foot: str = ""
    colon: str = "："

    def text(self) -> str:
        parts = [_text(block, self.colon) for block in self.blocks]
        return "\n\n".join([*parts, *([self.foot] if self.foot else [])])

    def html(self) -> str:
        body = "".join(_html(block) for block in self.blocks)
        sender = f'<p style="margin:0;font-size:16px;color:#ffffff">{escape(self.sender)}</p>' if self.sender else ""
        foot = (
            f'<tr><td class="foot quiet" style="padding:16px 32px 24px;background:#efede7;font-size:16px;'
            f'color:{MUTED}">{escape(self.foot)}</td></tr>'
            if self.foot
            else ""
        )
        return (
            f'<!doctype html><html lang="{escape(self.language)}"><head>{HEAD}'
            f"<title>{escape(self.title)}</title></head>"
            f'<body style="margin:0;padding:0;background:#f6f5f1;color:#1c1e21;font-family:{FONT};font-size:17px;'
            f'line-height:1.6"><table role="presentation" class="mail" align="center" width="100%" cellpadding="0" '
            f'cellspacing="0" style="max-width:600px;margin:0 auto;background:#ffffff">'
            f'<tr><td class="mast" style="padding:24px 32px 20px;background:{BLUE};color:#ffffff">{sender}'
            f'<h1 style="margin:2px 0 0;font-size:24px;line-height:1.35;color:#ffffff">{escape(self.title)}</h1>'
            f"</td></tr>"
            f'<tr><td class="body" style="padding:20px 32px 28px">{body}</td></tr>{foot}</table></body></html>'
        )


def of_lines(lines: Sequence[str], *, title: str, language: str, sender: str = "") -> Letter:
    """Paragraphs as they come; one that is nothing but an address becomes a link."""
    blocks = tuple(Way(line, line) if _is_address(line) else Said(line) for line in lines)
    return Letter(language, sender, title, blocks)


def _is_address(line: str) -> bool:
    return line.startswith(("http://", "https://")) and not line.split(maxsplit=1)[1:]


def _text(block: Block, colon: str) -> str:
    match block:
        case Said(text):
            return text
        case Quoted(text):
            return "\n".join(f"> {line}" for line in text.splitlines() or [""])
        case Facts(rows):
            return "\n".join(f"{name}{colon}{value}" for name, value in rows)
        case Listed(heading, items):
            return "\n".join([heading, *(f"· {item}" for item in items)])
        case Way(label, address):
            return address if label == address else f"{label}{colon}{address}"


def _html(block: Block) -> str:
    match block:
        case Said(text, strong):
            style = "margin:12px 0 0;font-size:20px;font-weight:700" if strong else "margin:12px 0 0"
            return f'<p style="{style}">{_lines(text)}</p>'
        case Quoted(text):
            return (
                f'<blockquote style="margin:12px 0 0;padding:2px 0 2px 14px;border-left:3px solid {LINE}">'
                f"{_lines(text)}</blockquote>"
            )
        case Facts(rows):
            lines = "".join(
                f'<tr><td class="quiet" valign="top" style="padding:4px 16px 4px 0;color:{MUTED};white-space:nowrap">'
                f'{escape(name)}</td><td valign="top" style="padding:4px 0">{_lines(value)}</td></tr>'
                for name, value in rows
            )
            return f'<table cellpadding="0" cellspacing="0" style="margin:12px 0 0">{lines}</table>'
        case Listed(heading, items):
            lines = "".join(f'<li style="margin:4px 0 0">{_lines(item)}</li>' for item in items)
            return (
                f'<h2 style="margin:20px 0 0;padding:0 0 4px;font-size:18px;border-bottom:1px solid {LINE}">'
                f'{escape(heading)}</h2><ul style="margin:4px 0 0;padding:0 0 0 20px">{lines}</ul>'
            )
        case Way(label, address):
            return _way(label, address)


def _way(label: str, address: str) -> str:
    if label == address:
        return f'<p style="margin:16px 0 0"><a style="color:{BLUE}" href="{escape(address)}">{escape(address)}</a></p>'
    style = (
        "display:inline-block;padding:10px 26px;border-radius:6px;font-weight:700;text-decoration:none;"
        f"background:{BLUE};color:#ffffff"
    )
    button = f'<a class="go" href="{escape(address)}" style="{style}">{escape(label)}</a>'
    return f'<p style="margin:20px 0 0">{button}</p>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
