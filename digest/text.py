"""An item's text: the little markup it is kept in, and what becomes of it.

One line is one paragraph, or one entry of a list (``- `` or ``1. ``). A link is an address as it stands, or
``[words](address)``. Nothing else means anything, so nothing has to be escaped: what is no list and no link is text.

:func:`cleaned` comes first: text that was pasted from Word or WPS carries bullets of its fonts, spaces of all widths
and characters that nobody sees.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

LONGEST = 20_000
"""Characters of a text once it is cleaned."""
LONGEST_RAW = 10 * LONGEST
"""What is longer before it is cleaned is refused unread."""
LONGEST_ADDRESS = 300

_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_WIDE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""Where Symbol and Wingdings have their bullets."""
_BULLET = re.compile(r"(?:[·•●▪◆◇■➢➤❖✓✔‣⁃∙・]\s*|[-*–－○◦Øü§Ÿ]\s+|[lnuvoq]\t\s*)(?=\S)")
_NUMBER = re.compile(r"([0-9０-９]{1,3})(?:[.．](?![0-9０-９])|[、)）])\s*(?=\S)")
_ENTRY = re.compile(r"- (.+)")
_COUNTED = re.compile(r"([1-9][0-9]{0,2})\. (.+)")
_LINK = re.compile(
    r"\[([^\[\]\n]{1,200})\]\(([^()\s]{1,300})\)|((?:https?://|mailto:)[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]{1,300})"
)
_MAIL = re.compile(r"mailto:[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_HOST = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*")
_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9._~%!$&'*+,;=:@/?#-]*")
_UNUSABLE = frozenset('\\"<>`{}|^\x7f')
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_NEVER = frozenset("\ufffe\uffff")


@dataclass(frozen=True, slots=True)
class Link:
    """``words`` empty: the address stands for itself."""

    words: str
    target: str

    @property
    def shown(self) -> str:
        return self.words or self.target.removeprefix("mailto:")


Inline = tuple[str | Link, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    inline: Inline


@dataclass(frozen=True, slots=True)
class Listing:
    """``start``: the number of the first entry; 0 for a list with bullets."""

    start: int
    entries: tuple[Inline, ...]


Block = Paragraph | Listing


def cleaned(text: str) -> str:
    """``text`` without anything that cannot be seen, its lists in our markup. Cleaning twice changes nothing."""
    lines = [_line(each) for each in _visible(text).split("\n")]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip("\n")


def cleaned_line(text: str) -> str:
    """What is one line, such as a title; breaks become spaces."""
    visible = _PRIVATE.sub("", _visible(text).replace("\n", " "))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", visible)).strip()


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a cleaned text. An entry whose number follows on the one above belongs to the same list."""
    blocks: list[Block] = []
    for line in text.split("\n"):
        if not line:
            continue
        block = _block(line)
        last = blocks[-1] if blocks else None
        if isinstance(block, Listing) and isinstance(last, Listing) and _follows(last, block):
            blocks[-1] = Listing(last.start, last.entries + block.entries)
        else:
            blocks.append(block)
    return tuple(blocks)


def printed(blocks: tuple[Block, ...]) -> str:
    """The markup of blocks: parsing it gives them again."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(inline):
                lines.append(_source(inline))
            case Listing(start, entries):
                lines += [f"{f'{start + at}.' if start else '-'} {_source(each)}" for at, each in enumerate(entries)]
    return "\n".join(lines)


def as_html(text: str, *, base: str = "") -> str:
    """Paragraphs, lists and links, everything else escaped. ``base``: where our own pages are (``https://…``, without a
    slash at its end); empty for a page that is one itself."""
    return "".join(_html(block, base) for block in parse(text))


def as_plain(text: str, *, base: str = "") -> str:
    """For plain mails: links with their addresses behind them."""
    lines: list[str] = []
    for block in parse(text):
        match block:
            case Paragraph(inline):
                lines += ["", _said(inline, base)]
            case Listing(start, entries):
                marks = (f"{start + at}." if start else "·" for at in range(len(entries)))
                lines += ["", *(f"{mark} {_said(each, base)}" for mark, each in zip(marks, entries, strict=True))]
    return "\n".join(lines[1:])


def address(text: str) -> str | None:
    """``text`` if it is an address that a link may lead to: https, http, mailto, or a path of ours."""
    if len(text) > LONGEST_ADDRESS or any(each <= " " or each in _UNUSABLE for each in text):
        return None
    if text.startswith("mailto:"):
        return text if _MAIL.fullmatch(text) else None
    if text.startswith("/"):
        return text if _PATH.fullmatch(text) else None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    known = parts.scheme in {"http", "https"} and "@" not in parts.netloc and port != 0
    return text if known and text.isascii() and _HOST.fullmatch(parts.hostname or "") else None


def _visible(text: str) -> str:
    """Line ends as ``\\n``, every space as one that is typed, nothing that cannot be seen but private use."""
    plain = _WIDE.sub(" ", _BREAKS.sub("\n", text))
    return "".join(
        each for each in plain if each in "\n\t" or (unicodedata.category(each) not in _UNSEEN and each not in _NEVER)
    )


def _line(line: str) -> str:
    begun = line.lstrip()
    if begun and _PRIVATE.match(begun):
        begun = f"•{begun[1:]}"
    begun = unicodedata.normalize("NFC", _PRIVATE.sub("", begun))
    if found := _BULLET.match(begun):
        begun = f"- {begun[found.end() :]}"
    elif (found := _NUMBER.match(begun)) and int(found[1]):
        begun = f"{int(found[1])}. {begun[found.end() :]}"
    return _SPACES.sub(" ", begun).strip()


def _block(line: str) -> Block:
    if found := _ENTRY.fullmatch(line):
        return Listing(0, (_inline(found[1]),))
    if found := _COUNTED.fullmatch(line):
        return Listing(int(found[1]), (_inline(found[2]),))
    return Paragraph(_inline(line))


def _follows(last: Listing, entry: Listing) -> bool:
    return entry.start == (last.start + len(last.entries) if last.start else 0)


def _inline(line: str) -> Inline:
    found: list[str | Link] = []
    at = 0
    for match in _LINK.finditer(line):
        words, target = (match[1], match[2]) if match[3] is None else ("", _without_stop(match[3]))
        if address(target) is None:
            continue
        if at < match.start():
            found.append(line[at : match.start()])
        found.append(Link(words, target))
        at = match.end() if words else match.start() + len(target)
    if at < len(line):
        found.append(line[at:])
    return tuple(found)


def _without_stop(text: str) -> str:
    """An address in a sentence ends before the sentence's own signs."""
    while text and (text[-1] in ".,;:!?'" or (text[-1] == ")" and text.count(")") > text.count("("))):
        text = text[:-1]
    return text


def _source(inline: Inline) -> str:
    return "".join(each if isinstance(each, str) else _link_source(each) for each in inline)


def _link_source(link: Link) -> str:
    return f"[{link.words}]({link.target})" if link.words else link.target


def _html(block: Block, base: str) -> str:
    match block:
        case Paragraph(inline):
            return f"<p>{_anchored(inline, base)}</p>"
        case Listing(start, entries):
            kind = "ol" if start else "ul"
            first = f' start="{start}"' if start > 1 else ""
            return f"<{kind}{first}>{''.join(f'<li>{_anchored(each, base)}</li>' for each in entries)}</{kind}>"


def _anchored(inline: Inline, base: str) -> str:
    return "".join(
        escape(each)
        if isinstance(each, str)
        else f'<a href="{escape(_whole(each, base))}" rel="noopener noreferrer">{escape(each.shown)}</a>'
        for each in inline
    )


def _said(inline: Inline, base: str) -> str:
    return "".join(
        each if isinstance(each, str) else f"{each.words} <{_whole(each, base)}>" if each.words else each.shown
        for each in inline
    )


def _whole(link: Link, base: str) -> str:
    return base + link.target if link.target.startswith("/") else link.target
