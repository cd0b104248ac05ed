"""A meeting second by second, with the truth beside what web gets to know: sites that come, go and lose their line, a
media server and a web process that are killed. The room's keeper is the real rules with a clock of whole seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import strategies as st

from meetinghub.ledger.fact import Fact, NewFact
from meetinghub.meetings import comings
from meetinghub.meetings.comings import Listings, heartbeat
from meetinghub.meetings.fold import apply
from meetinghub.meetings.live import LiveState, before_the_start
from meetinghub.meetings.locks import Present
from tests.meetinghub.ledger.histories import at
from tests.meetinghub.meetings.examples import meeting

LENGTH = 900
LISTING, BEAT = 7, 14
NOTICED = 12
"""Seconds until the media server gives up a line that died."""
WEB_AWAY = 25
APART = 60
"""Kills are so many seconds apart: two at once may hide anything."""
PLACES = ("site-01", "site-02", "site-03")


@dataclass(frozen=True)
class Script:
    """``kills``: (second, process, seconds until it is back); ``visits`` of each site: (from, to, line cut?)."""

    kills: tuple[tuple[int, str, int], ...]
    visits: dict[str, tuple[tuple[int, int, bool], ...]]


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    kills, second = [], 0
    for _ in range(draw(st.integers(0, 4))):
        second += draw(st.integers(APART, 250))
        process = draw(st.sampled_from(("media", "web")))
        kills.append((second, process, draw(st.integers(1, WEB_AWAY))))
        second += kills[-1][2]
    visits = {}
    for site in PLACES:
        moments = sorted(draw(st.sets(st.integers(0, LENGTH), max_size=8)))
        pairs = zip(moments[::2], moments[1::2], strict=False)
        visits[site] = tuple((one, two, draw(st.booleans())) for one, two in pairs)
    return Script(tuple(kills), visits)


@dataclass
class World:
    script: Script
    facts: list[Fact] = field(default_factory=list)
    truth: dict[str, set[int]] = field(default_factory=lambda: {site: set() for site in PLACES})
    _lines: dict[str, tuple[str, int]] = field(default_factory=dict)  # site → connection, since
    _dead: dict[str, tuple[str, int]] = field(default_factory=dict)  # connection → site, cut at
    _hooks: list[NewFact] = field(default_factory=list)
    _room: int = 0
    _open: bool = False
    _listings: Listings = field(default_factory=Listings)
    _list_at: int = 0
    _beat_at: int = 0
    _state: LiveState = field(default_factory=lambda: before_the_start(meeting()))
    _keys: set[str] = field(default_factory=set)

    def run(self) -> None:
        for second in range(LENGTH):
            up = {
                name: not any(t <= second < t + away for t, n, away in self.script.kills if n == name)
                for name in ("media", "web")
            }
            if any((second, name) == (t, "media") for t, name, _ in self.script.kills):
                self._media_dies()
            if any(second == t + away for t, name, away in self.script.kills if name == "web"):
                self._listings, self._list_at, self._beat_at = Listings(), second, second
            if up["media"]:
                self._sites_act(second)
            if up["web"] and up["media"]:
                self._web_acts(second)

    def _media_dies(self) -> None:
        self._lines.clear()
        self._dead.clear()
        self._hooks.clear()
        self._open = False

    def _sites_act(self, second: int) -> None:
        for connection, (site, cut) in list(self._dead.items()):
            if second - cut >= NOTICED:
                self._hooks.append(comings.went(site, connection, self._sid, at(cut), "CONNECTION_TIMEOUT"))
                del self._dead[connection]
        for site in PLACES:
            visit = next((v for v in self.script.visits[site] if v[0] <= second < v[1]), None)
            line = self._lines.get(site)
            if visit is None and line is not None:
                del self._lines[site]
                ended = next(v for v in reversed(self.script.visits[site]) if v[1] <= second)
                if ended[2]:
                    self._dead[line[0]] = site, second
                else:
                    self._hooks.append(comings.went(site, line[0], self._sid, at(second), "CLIENT_INITIATED"))
            elif visit is not None and line is None:
                self._enter(site, second)
            if visit is not None:
                self.truth[site].add(second)

    def _enter(self, site: str, second: int) -> None:
        if not self._open:
            self._open, self._room = True, self._room + 1
            self._hooks.append(comings.room_began(self._sid, at(second)))
        for connection, (whose, cut) in list(self._dead.items()):
            if whose == site:  # the same identity again: the old one is put out
                self._hooks.append(comings.went(site, connection, self._sid, at(cut), "DUPLICATE_IDENTITY"))
                del self._dead[connection]
        connection = f"{site}-{second}"
        self._lines[site] = connection, second
        self._hooks.append(comings.came(site, connection, self._sid, at(second)))

    def _web_acts(self, second: int) -> None:
        told, self._hooks = self._hooks, []
        for fact in told:
            self._write(second, fact)
        if second < min(self._list_at, self._beat_at):
            return
        now, sid = at(second), self._sid if self._open else ""
        listed = [Present(s, c, timedelta(seconds=second - since)) for s, (c, since) in self._lines.items()]
        listed += [Present(s, c, timedelta(seconds=100)) for c, (s, _) in self._dead.items()]
        for fact in self._listings.missed(self._state, sid, listed, now):
            self._write(second, fact)
        beat = heartbeat(self._state, sid, listed)
        if beat is not None and second >= self._beat_at:
            self._write(second, beat)
            self._beat_at = second + BEAT
        elif beat is None:
            self._beat_at = second + LISTING
        self._list_at = second + LISTING

    def _write(self, second: int, fact: NewFact) -> None:
        if fact.key is not None and fact.key in self._keys:
            return
        self._keys.add(fact.key or "")
        self.facts.append(Fact(len(self.facts) + 1, 1, at(second), "", fact.payload))
        self._state = apply(self._state, self.facts[-1])

    @property
    def _sid(self) -> str:
        return f"RM_{self._room}"
