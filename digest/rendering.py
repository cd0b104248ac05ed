"""A page and its reader → subject, text and HTML. Preview, test send and mail all come from here.

Pure but for the templates, which are read once: equal arguments give equal bytes. Nothing is loaded from anywhere when
the mail is read: no picture, no script, no font. The HTML is tables with fixed widths for programmes whose page is
Word's, every element carries its style for those that throw the head away, and the head keeps what only a head can
say: dark colours, a telephone's width, paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from digest import fitting
from digest import text as markup
from digest.letter import Entry, Letter, NoticeLinks, Section, Way
from digest.lettering import letter
from digest.page import Page
from digest.recipients import Recipient
from meetinghub.mail.message import clean
from meetinghub.words import LANGUAGES, Words

MOST_BYTES = 70_000
"""Of text and HTML together, which base64 makes a third more: some programmes show no more than about 100 kB."""
_TEMPLATES = Path(__file__).parent / "templates"
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
_INDENT = re.compile(r"^ +", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


class Renderer:
    def __init__(self, words: Mapping[str, Words]) -> None:
        self._words = words

    def letter(self, page: Page, language: str, links: NoticeLinks) -> Letter:
        return letter(self._words.get(language) or self._words[next(iter(LANGUAGES))], page, links)

    def render(self, page: Page, recipient: Recipient, links: NoticeLinks) -> Rendered:
        """``links`` are made for this page and recipient."""
        said = self.letter(page, recipient.language, links)
        words = self._words[said.language]
        whole = Way(words("notice_mail.whole_text"), links.page())

        def rest(count: int) -> Entry:
            return Entry(
                words.many("notice_mail.rest", count), links=(Way(words("notice_mail.on_the_web"), links.page()),)
            )

        text = html = ""
        for longest, most in fitting.STEPS:
            fits = fitting.cut(said, longest, most, whole=whole, rest=rest)
            text, html = as_text(fits, words, links.base), as_html(fits, words, links.base)
            if len(text.encode()) + len(html.encode()) < MOST_BYTES:
                break
        return Rendered(clean(said.subject), text, html)


def as_html(said: Letter, words: Words, base: str) -> str:
    made = _template().render(
        letter=said, html=lambda text: _html(text, base), files=words("notice_mail.files"), css=_css("head.css")
    )
    return _inliner().inline(made)


def as_text(said: Letter, words: Words, base: str) -> str:
    """Everything that the HTML says, with its addresses."""
    head = [said.sender, said.title, said.issue]
    blocks = ["\n".join(head), "\n".join(each for each in (said.lead, said.more) if each)]
    for section in said.sections:
        blocks.append(_section(section, words))
        blocks += ["\n".join(_entry(each, words, base)) for each in section.entries]
        if section.buttons:
            blocks.append("\n".join(_way(each, words) for each in section.buttons))
    foot = [*([said.screen] if said.screen else []), *said.foot, *(_way(each, words) for each in said.ways)]
    return "\n\n".join([*blocks, "\n".join(["-- ", *foot])]) + "\n"


def _section(section: Section, words: Words) -> str:
    return words("notice_mail.text_section", title=section.title, note=section.note)


def _entry(entry: Entry, words: Words, base: str) -> Iterator[str]:
    when = " ".join(each for each in (entry.day, entry.hour) if each)
    if when:
        yield when
    if entry.before:
        yield entry.before
    yield f"{entry.lamp.words} {entry.title}" if entry.lamp else entry.title
    if entry.text:
        yield _plain(entry.text, base)
    yield from entry.lines
    yield from (_way(each, words) for each in entry.links)
    for file in entry.files:
        yield f"{words('notice_mail.files')}{file.name} {file.size} {file.address}"
    if entry.grey:
        yield entry.grey
    for each in entry.needed:
        yield f"{each.who} {each.how} {each.span}"
    yield from (_way(each, words) for each in entry.buttons)


def _way(way: Way, words: Words) -> str:
    return words("notice_mail.text_way", words=way.words, address=way.address)


@lru_cache(128)  # an item is read by hundreds of committees
def _html(text: str, base: str) -> Markup:
    return Markup(markup.as_html(text, base=base))  # it escapes all that was typed


@lru_cache(128)
def _plain(text: str, base: str) -> str:
    return markup.as_plain(text, base=base)


@cache
def _template() -> Template:
    loader = FileSystemLoader(_TEMPLATES)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.get_template("mail.html")


@cache
def _css(name: str) -> Markup:
    read = (_TEMPLATES / name).read_text(encoding="utf-8")
    return Markup(_INDENT.sub("", _COMMENT.sub("", read)))  # a file of ours


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(extra_css=_css("mail.css"), load_remote_stylesheets=False)
