"""What the archive's pages share: where they find the service, and a frozen page in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from aiohttp.web import AppKey
from markupsafe import Markup

from digest import text as markup
from digest.archive_service import Archive, Opened
from digest.letter import Letter
from digest.lettering import letter
from digest.model import Answer
from meetinghub.errors import NotFound
from meetinghub.ids import IssueId
from web import keys

NOTICE_ARCHIVE = AppKey("notice_archive", Archive)


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The addresses of a page for somebody who is signed in. Answers are forms there, not links. ``base``: empty for
    pages of ours, the installation's for paper."""

    issue: IssueId
    seat: int
    base: str = ""

    def answer(self, items: Sequence[int], act: Answer) -> str:
        return ""

    def page(self, language: str = "") -> str:
        chosen = f"?lang={language}" if language else ""
        return f"{self.base}/notice/issues/{self.issue}/{self.seat}{chosen}"

    def calendar(self, meeting: int) -> str:
        return f"{self.page()}/meetings/{meeting}"

    def file(self, item: int, attachment: int) -> str:
        return f"{self.page()}/files/{item}/{attachment}"


def number(request: web.Request, name: str) -> int:
    """The number in the address; anything else is not found."""
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("notice_archive.not_found")
    return int(text)


def worded(request: web.Request, opened: Opened, *, base: str = "") -> Letter:
    links = PageLinks(opened.issue.id, opened.page.head.seat, base)
    return letter(request[keys.WORDS], opened.page, links)


def html(text: str) -> Markup:
    """An item's text on a page of ours."""
    return Markup(markup.as_html(text))  # it escapes all that was typed
