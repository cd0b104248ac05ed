"""Feeds: making an address, ending it, and answering whoever asks with one.

An address is its own key: it holds 192 random bits, of which the database knows a digest only. What it shows is asked
anew each time, so a feed shows no more than its owner may see at that moment.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from sqlmodel import Session as Db

from meetinghub.calendars import access, feed, planned, store
from meetinghub.calendars.model import Feed, Scope, Viewer
from meetinghub.calendars.phrases import entry
from meetinghub.calendars.ports import Parts
from meetinghub.calendars.viewing import seen
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, NotFound, Refused
from meetinghub.ids import AccountId
from meetinghub.ledger import store as ledger
from meetinghub.ledger.calendars import FeedMade, FeedRevoked
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings.lifecycle import State
from meetinghub.people import store as people
from meetinghub.people.model import Account
from meetinghub.words import Words

BACK = timedelta(days=90)
AHEAD = timedelta(days=400)
CANCELLED_FOR = timedelta(days=14)
"""How long after its time a cancelled meeting stays in feeds, for programmes that were not running."""
MOST_FEEDS = 20
"""Of one account."""
NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """A calendar that an account may subscribe to; ``feed`` when it has an address already."""

    viewer: Viewer
    feed: Feed | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """``mark`` is the ETag's value, equal for equal text."""

    text: str
    mark: str


class Feeds:
    def __init__(
        self, database: Database, clock: Clock, parts: Parts, *, words: Mapping[str, Words], address: str, office: str
    ) -> None:
        """``address`` is the installation's without a slash, ``office`` the street office's name, ``words`` by tag."""
        self._database, self._clock, self._parts = database, clock, parts
        self._words, self._address, self._office = words, address, office
        self._domain = urlsplit(address).hostname or "localhost"

    async def offers(self, account: Account) -> list[Offer]:
        """The account's own calendars, then others that it has an address for."""
        return await self._database.read(self._offers, account)

    async def make(self, account: Account, scope: Scope, *, language: str) -> str:
        """A new address's secret, told this once; an earlier one of the same calendar ends."""
        return await self._database.write(partial(self._make, account=account, scope=scope, language=language))

    async def revoke(self, account: Account, scope: Scope) -> None:
        def write(db: Db) -> None:
            ledger.take(db)
            now = self._clock.now()
            self._end(db, account, scope, now)

        await self._database.write(write)

    async def fetch(self, secret: str) -> Fetched:
        """What the address shows now. Raises :class:`NotFound` for one that never was or is no more."""
        found, fetched = await self._database.read(self._fetch, secret)
        now = self._clock.now()
        if found.fetched_at is None or now - found.fetched_at >= NOTED_EVERY:
            await self._database.write(store.note_fetch, found.id, now)
        return fetched

    def _offers(self, db: Db, account: Account) -> list[Offer]:
        feeds = {each.scope: each for each in store.feeds(db, account.id)}
        scopes = dict.fromkeys([*access.own(account), *feeds])
        viewers = ((scope, planned.viewer(db, scope)) for scope in scopes if access.may_see(account, scope))
        return [Offer(viewer, feeds.get(scope)) for scope, viewer in viewers if viewer is not None]

    def _make(self, db: Db, *, account: Account, scope: Scope, language: str) -> str:
        ledger.take(db)
        now = self._clock.now()
        if planned.viewer(db, scope) is None:
            raise NotFound("calendar.no_such")
        if not access.may_see(account, scope):
            raise Forbidden("access.denied")
        self._end(db, account, scope, now)
        if len(store.feeds(db, account.id)) >= MOST_FEEDS:
            raise Refused("calendar.too_many", most=MOST_FEEDS)
        secret = secrets.token_urlsafe(24)
        made = store.add_feed(db, digest=_digest(secret), account=account.id, scope=scope, language=language, now=now)
        fact = FeedMade(made.id, f"{scope.kind}:{scope.subject}")
        ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor=account.username)
        return secret

    @staticmethod
    def _end(db: Db, account: Account, scope: Scope, now: datetime) -> None:
        ended = [NewFact(FeedRevoked(number)) for number in store.revoke(db, account.id, scope, now)]
        ledger.append(db, ended, meeting_id=None, at=now, actor=account.username)

    def _fetch(self, db: Db, secret: str) -> tuple[Feed, Fetched]:
        found = store.feed(db, _digest(secret))
        owner = None if found is None else people.account(db, AccountId(found.account))
        if found is None or owner is None or not access.may_see(owner, found.scope):
            raise NotFound("calendar.no_feed")
        viewer = planned.viewer(db, found.scope)
        if viewer is None:
            raise NotFound("calendar.no_feed")
        text = self._text(db, viewer, self._words[found.language])
        return found, Fetched(text, feed.mark(text))

    def _text(self, db: Db, viewer: Viewer, words: Words) -> str:
        now = self._clock.now()
        entries = []
        for meeting in planned.planned(db, since=now - BACK, until=now + AHEAD, of=viewer):
            if meeting.state is State.CANCELLED and meeting.ends_at < now - CANCELLED_FOR:
                continue
            found = seen(meeting, viewer, self._parts)
            if found is not None:
                entries.append(entry(words, found, domain=self._domain, address=self._address))
        name = words(f"calendar.name_{viewer.scope.kind}", name=viewer.name)
        return feed.feed(words("calendar.name", office=self._office, name=name), entries)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
