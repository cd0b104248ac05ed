"""Mails to the host office and its deputy about an issue: not approved, not sent because all sending is paused, lapsed.

Each is owed once: its key names the issue, the matter and the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session as Db

from digest.model import Issue
from digest.settings import Settings, Unapproved
from meetinghub.mail import store as mails
from meetinghub.mail.letter import Block, Facts, Letter, Quoted, Said, Way
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.people import address_store
from meetinghub.people import store as people
from meetinghub.people.model import Account
from meetinghub.words import LANGUAGES, Words

log = structlog.get_logger("notice")
Letters = Callable[[Words], tuple[str, list[Block]]]
"""A subject and what is said under it, in a reader's words."""
UNAPPROVED, PAUSED, LAPSED = "notice_unapproved", "notice_paused", "notice_lapsed"


@dataclass(frozen=True, slots=True)
class Reader:
    """``key`` tells readers apart: an account's number, or the department."""

    key: str
    address: str
    name: str
    language: str = ""


class Telling:
    """``address`` is the installation's, without a slash."""

    def __init__(self, words: Mapping[str, Words], address: str) -> None:
        self._words = words
        self._office = words[next(iter(LANGUAGES))]
        self._address = address

    def unapproved(
        self, db: Db, issue: Issue, settings: Settings, *, sends: datetime, items: int, deputy: bool, now: datetime
    ) -> int:
        """Nobody has approved and it is about to go out, or should have gone out. How many mails."""

        def letter(words: Words) -> tuple[str, list[Block]]:
            late = "late" if now >= sends else "soon"
            subject = words(f"notice_telling.unapproved_subject_{late}", issue=_name(words, issue))
            policy = "send" if settings.unapproved is Unapproved.SEND else "hold"
            rows = (
                (words("notice_telling.sends"), f"{words.day(sends)} {words.time(sends)}"),
                (words("notice_telling.items"), str(items)),
            )
            return subject, [
                Said(subject, strong=True),
                Said(words(f"notice_telling.policy_{policy}")),
                Facts(rows),
                self._way(words, "board"),
            ]

        readers = _deputy(db, settings) if deputy else hosts(db, settings)
        return self._tell(db, UNAPPROVED, issue, readers, letter, now)

    def paused(self, db: Db, issue: Issue, settings: Settings, *, now: datetime) -> int:
        """It would go out now, but somebody paused all sending."""
        pause = settings.paused
        assert pause is not None
        found = people.account_named(db, pause.by)
        by = found[0].name if found else pause.by

        def letter(words: Words) -> tuple[str, list[Block]]:
            subject = words("notice_telling.paused_subject", issue=_name(words, issue))
            said = words("notice_telling.paused", name=by, day=words.day(pause.at), time=words.time(pause.at))
            return subject, [Said(said, strong=True), Quoted(pause.reason), self._way(words, "settings")]

        readers = [*hosts(db, settings), *_deputy(db, settings)]
        return self._tell(db, PAUSED, issue, readers, letter, now)

    def knows_of_pause(self, db: Db, issue: Issue, settings: Settings) -> bool:
        """Whether everybody was told who can be told."""
        readers = [*hosts(db, settings), *_deputy(db, settings)]
        keys = [_key(PAUSED, issue, each) for each in readers]
        return mails.known(db, keys) == frozenset(keys)

    def lapsed(self, db: Db, issue: Issue, following: Issue, settings: Settings, *, items: int, now: datetime) -> int:
        """It did not go out and never will; where its items are."""

        def letter(words: Words) -> tuple[str, list[Block]]:
            subject = words("notice_telling.lapsed_subject", issue=_name(words, issue))
            said = words("notice_telling.lapsed", following=_name(words, following), count=items)
            return subject, [Said(subject, strong=True), Said(said), self._way(words, "board")]

        readers = [*hosts(db, settings), *_deputy(db, settings)]
        return self._tell(db, LAPSED, issue, readers, letter, now)

    def _way(self, words: Words, page: str) -> Way:
        return Way(words(f"notice_telling.way_{page}"), f"{self._address}/notice/{page}")

    def _tell(self, db: Db, kind: str, issue: Issue, readers: Sequence[Reader], letter: Letters, now: datetime) -> int:
        if not readers:
            log.warning("nobody can be told", kind=kind, week=str(issue.week), part=issue.part)
        told = 0
        for each in readers:
            words = self._words.get(each.language, self._office)
            subject, blocks = letter(words)
            page = Letter(words.language, words("page.product"), subject, tuple(blocks), colon=words("page.colon"))
            owed = Owed(
                key=_key(kind, issue, each),
                to=each.address,
                to_name=each.name,
                subject=subject,
                text=page.text(),
                html=page.html(),
            )
            told += owe(db, owed, now=now)
        return told


def hosts(db: Db, settings: Settings) -> list[Reader]:
    """The host office: its own mailbox and its accounts with an address."""
    found = [_reader(each) for each in people.accounts(db) if each.mail and _of_host(each, settings)]
    if settings.host is not None:
        unit = address_store.one(db, address_store.Kind.DEPARTMENT, settings.host)
        if unit is not None and unit.mail and all(unit.mail.casefold() != each.address.casefold() for each in found):
            found.insert(0, Reader("unit", unit.mail, unit.name))
    return found


def _of_host(account: Account, settings: Settings) -> bool:
    return account.username != settings.deputy and settings.edits(account)


def _deputy(db: Db, settings: Settings) -> list[Reader]:
    found = people.account_named(db, settings.deputy) if settings.deputy else None
    return [_reader(found[0])] if found and found[0].mail else []


def _reader(account: Account) -> Reader:
    return Reader(str(account.id), account.mail, account.name, account.language)


def _key(kind: str, issue: Issue, reader: Reader) -> str:
    return f"{kind}:{issue.week}:{issue.part}:{reader.key}"


def _name(words: Words, issue: Issue) -> str:
    """第 48 期 · 第 48 期补充 1."""
    if issue.part:
        return words("notice_telling.part", number=issue.number, part=issue.part)
    return words("notice_telling.issue", number=issue.number)
