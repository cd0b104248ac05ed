"""The addresses in one committee's mail: they prove themselves, so that a reader without an account can follow them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from digest.answering import Asked, answer_token
from digest.model import Answer
from digest.page import Head
from meetinghub.clock import SHANGHAI
from meetinghub.errors import NotFound
from meetinghub.ids import CommitteeId, IssueId
from meetinghub.mail.links import Link, Links

FILE, CALENDAR = "notice_file", "notice_calendar"
LASTS = timedelta(days=400)
"""From the day of the mail: attachments are looked up again until the year is reported on."""
_FILE = re.compile(r"(\d{1,9}):(\d{1,9}):(\d{1,9}):(\d{1,9})", re.ASCII)
_CALENDAR = re.compile(r"(\d{1,9}):(\d{1,9}):(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class FileLink:
    """An attachment of an item, for a committee that the item went to, and whoever reads the mails of ``address``."""

    issue: IssueId
    committee: CommitteeId
    address: str
    item: int
    file: int


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """A meeting as one committee is needed there; ``address`` as above."""

    issue: IssueId
    committee: CommitteeId
    address: str
    meeting: int


@dataclass(frozen=True, slots=True)
class SignedLinks:
    """Those of the page with this head, for whoever reads the mails of ``address``. ``base``: the installation's
    address without a slash. Implements :class:`digest.letter.NoticeLinks`."""

    signer: Links
    base: str
    head: Head
    address: str

    def answer(self, items: Sequence[int], act: Answer) -> str:
        asked = Asked(act, self.head.committee, tuple(items), self.address)
        return f"{self.base}/notice/answer/{answer_token(self.signer, asked, day=self.head.day)}"

    def page(self, language: str = "") -> str:
        chosen = f"?lang={language}" if language else ""
        return f"{self.base}/notice/issues/{self.head.issue}/{self.head.seat}{chosen}"

    def calendar(self, meeting: int) -> str:
        return f"{self.base}/notice/calendar/{self._token(CALENDAR, meeting)}.ics"

    def file(self, item: int, attachment: int) -> str:
        return f"{self.base}/notice/file/{self._token(FILE, item, attachment)}"

    def _token(self, purpose: str, *numbers: int) -> str:
        subject = ":".join(str(each) for each in (self.head.issue, self.head.committee, *numbers))
        until = datetime.combine(self.head.day, time(), SHANGHAI) + LASTS
        return self.signer.token(Link(purpose, subject, self.address, until))


def file_link(links: Links, token: str, *, now: datetime) -> FileLink:
    """Raises :class:`NotFound` for what we did not make for this, ``Refused`` when it has expired."""
    link = links.read(token, purpose=FILE, now=now)
    found = _FILE.fullmatch(link.subject)
    if found is None:
        raise NotFound("link.bad")
    issue, committee, item, file = map(int, found.groups())
    return FileLink(IssueId(issue), CommitteeId(committee), link.recipient, item, file)


def calendar_link(links: Links, token: str, *, now: datetime) -> CalendarLink:
    """Raises as :func:`file_link`."""
    link = links.read(token, purpose=CALENDAR, now=now)
    found = _CALENDAR.fullmatch(link.subject)
    if found is None:
        raise NotFound("link.bad")
    issue, committee, meeting = map(int, found.groups())
    return CalendarLink(IssueId(issue), CommitteeId(committee), link.recipient, meeting)
