"""A page of the notice in one reader's words, before it is HTML or plain text: both are made from it, so neither can
say what the other does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from digest.model import Answer
from digest.page import Colour


class NoticeLinks(Protocol):
    """Whole addresses (``https://…``) for one reader of one page; equal arguments give equal addresses."""

    @property
    def base(self) -> str:
        """Of the installation, without a slash at its end."""
        ...

    def answer(self, items: Sequence[int], act: Answer) -> str: ...
    def page(self, language: str = "") -> str:
        """This page of the archive."""
        ...

    def calendar(self, meeting: int) -> str: ...
    def file(self, item: int, attachment: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Way:
    """A link with its words. ``strong``: what is asked of the reader. ``spoken``: what a screen reader says, when the
    words alone do not tell which of several it is."""

    words: str
    address: str
    strong: bool = False
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Lamp:
    colour: Colour
    words: str


@dataclass(frozen=True, slots=True)
class File:
    name: str
    size: str
    address: str


@dataclass(frozen=True, slots=True)
class Needed:
    """Whom of the committee a meeting needs, and when."""

    who: str
    how: str
    span: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One matter. ``day`` and ``hour`` stand before it, both empty when it has no date; ``before`` is a line above the
    title. ``text`` is in the markup of :mod:`digest.text`, ``lines`` are plain, ``grey`` says where it comes from.
    ``item``: the frozen item that is answered here, 0 for none."""

    title: str
    day: str = ""
    hour: str = ""
    before: str = ""
    lamp: Lamp | None = None
    text: str = ""
    lines: tuple[str, ...] = ()
    needed: tuple[Needed, ...] = ()
    links: tuple[Way, ...] = ()
    files: tuple[File, ...] = ()
    grey: str = ""
    buttons: tuple[Way, ...] = ()
    item: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """``buttons`` stand below all its entries."""

    name: str
    title: str
    note: str
    entries: tuple[Entry, ...]
    buttons: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """``shown``: what a mail programme shows beside the subject; ``lead`` and ``more``: the whole in two lines.
    ``paper`` stands on paper only, ``screen`` on screens only."""

    language: str
    subject: str
    sender: str
    title: str
    issue: str
    shown: str
    lead: str
    more: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
    screen: str
    paper: str
    ways: tuple[Way, ...]
