"""What pages and mails say, in two languages.

Every text has a dotted key (``sign_in.title``); the codes of :mod:`meetinghub.errors` are keys too. Catalogues are the
``.po`` files under ``meetinghub/locale/<language>/``: one file per area, all files of a language read as one. They are
read at start, so there is nothing to compile and nothing that can be stale.

A text that counts something has a form for each number the language tells apart. Its ``msgid_plural`` names the value
that decides (``%(minutes)s``), or is the key again, which means ``%(count)s``. Whoever asks for the text need not know.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from meetinghub.clock import SHANGHAI

LANGUAGES = {"zh-CN": "zh_CN", "en": "en"}
"""BCP 47 tag of each language → name of its folder. The first is what is used when nothing else is asked for."""

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
MANY = 2
"""Stands for every number that is not one."""
LOCALE = Path(__file__).parent / "locale"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """One language's texts and ways of writing dates. Times are shown in Shanghai.

    ``counted``: keys with several forms → the value that decides between them.
    """

    language: str
    texts: GNUTranslations
    keys: frozenset[str]
    counted: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of ``key`` with its ``%(name)s`` filled. A key nobody translated shows as itself and is logged."""
        if key not in self.keys:
            log.error("no text for %r in %s", key, self.language)
            return key
        decides = self.counted.get(key)
        text = self.texts.gettext(key) if decides is None else self._form(key, values.get(decides))
        return text % values if values else text.replace("%%", "%")

    def many(self, key: str, count: int, **values: object) -> str:
        """The text of ``key`` for so many things; ``%(count)s`` is filled too."""
        if key not in self.keys:
            log.error("no text for %r in %s", key, self.language)
            return key
        return self._form(key, count) % {"count": count, **values}

    def under(self, prefix: str) -> dict[str, str]:
        """All texts whose keys begin with ``prefix``, for a page's script; placeholders stay as they are."""
        return {key: self.texts.gettext(key) for key in sorted(self.keys) if key.startswith(prefix)}

    def _form(self, key: str, count: object) -> str:
        """``count`` may be written out already (``1,200``): the languages here tell only one from any other number."""
        number = count if isinstance(count, int) else 1 if count == "1" else MANY
        return self.texts.ngettext(key, key, number)

    def day(self, moment: datetime | date) -> str:
        """11月23日（周一）· Mon 23 November."""
        day = moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment
        if self.language == "zh-CN":
            return f"{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）"
        return format_date(day, "EEE d MMMM", locale="en_GB")

    def month_day(self, day: date) -> str:
        """11月23日 · 23 Nov."""
        return f"{day.month}月{day.day}日" if self.language == "zh-CN" else format_date(day, "d MMM", locale="en_GB")

    def weekday(self, day: date) -> str:
        """周一 · Mon."""
        if self.language == "zh-CN":
            return f"周{'一二三四五六日'[day.weekday()]}"
        return format_date(day, "EEE", locale="en_GB")

    def short_day(self, moment: datetime | date, now: datetime | None = None) -> str:
        """26日 周四 · Thu 26; in another month than ``now``: 12月2日 · 2 Dec."""
        day = moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment
        near = now is None or (day.year, day.month) == (now.astimezone(SHANGHAI).year, now.astimezone(SHANGHAI).month)
        if self.language == "zh-CN":
            return f"{day.day}日 周{'一二三四五六日'[day.weekday()]}" if near else f"{day.month}月{day.day}日"
        return format_date(day, "EEE d" if near else "d MMM", locale="en_GB")

    def iso_day(self, moment: datetime) -> str:
        """2026-11-23, in Shanghai: for lists over years."""
        return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"

    def time(self, moment: datetime) -> str:
        """14:00, in Shanghai."""
        return f"{moment.astimezone(SHANGHAI):%H:%M}"

    def span(self, start: datetime, end: datetime) -> str:
        """14:00–14:25."""
        return f"{self.time(start)}–{self.time(end)}"


@cache
def all_words(folder: Path = LOCALE) -> dict[str, Words]:
    """Every language's words, read once."""
    return {tag: _words(tag, folder / name) for tag, name in LANGUAGES.items()}


def catalogue(folder: Path) -> Catalog:
    """All ``.po`` files of one language's folder as one. A key that two files define is refused."""
    whole = Catalog(locale=folder.name)
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=folder.name, abort_invalid=True):
                if not message.id:
                    continue
                if message.id in whole:
                    raise ValueError(f"{path}: {message.id} is defined twice")
                whole[message.id] = message
    return whole


def negotiate(wanted: Iterable[str]) -> str:
    """The language to use for tags in order of preference (``zh-TW``, ``en-GB`` count as their languages)."""
    for tag in wanted:
        main = tag.strip().lower().split("-")[0]
        for language in LANGUAGES:
            if language.split("-")[0] == main:
                return language
    return next(iter(LANGUAGES))


def _words(tag: str, folder: Path) -> Words:
    whole = catalogue(folder)
    buffer = io.BytesIO()
    write_mo(buffer, whole)
    buffer.seek(0)
    told = [message.id for message in whole if message.id and message.string]
    keys = frozenset(each if isinstance(each, str) else each[0] for each in told)
    counted = {each[0]: decides(each[1]) for each in told if not isinstance(each, str)}
    return Words(tag, GNUTranslations(buffer), keys, counted)


def decides(plural: str) -> str:
    """The name of the value that a ``msgid_plural`` says decides."""
    named = PLACEHOLDER.fullmatch(plural)
    return named[1] if named else "count"
