"""The state of a running meeting: values only. :mod:`fold` makes them from facts, :mod:`floor` decides over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import MAIN, Meeting
from meetinghub.meetings.rollcall import RollCall

LAYOUTS = ("all", "spotlight", "single")
CHECKS = ("camera", "microphone", "speaker", "network")


@dataclass(frozen=True, slots=True)
class Hand:
    """``number`` is the fact that raised it, which is its place in the line."""

    number: int
    site: str
    at: datetime
    topic: str


@dataclass(frozen=True, slots=True)
class Floor:
    """``hand``: the raised hand that this call answered, so that it can be given back."""

    site: str
    since: datetime
    opens_at: datetime
    hand: Hand | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """The current connection of a site, or the last one. ``gone`` is the connection that was last seen to leave, and
    ``noticed`` says that nobody told so: it was missing from the listings."""

    connection: str = ""
    room: str = ""
    joined_at: datetime | None = None
    left_at: datetime | None = None
    gone: str = ""
    noticed: bool = False

    @property
    def online(self) -> bool:
        return self.joined_at is not None and self.left_at is None


@dataclass(frozen=True, slots=True)
class Beat:
    """The newest heartbeat: when it was, and which connections it listed."""

    at: datetime
    connections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    at: datetime
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """How far an agenda item has come. ``granted`` minutes were added to it."""

    segment: int
    granted: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    warned_at: datetime | None = None

    @property
    def state(self) -> str:
        if self.started_at is None:
            return "waiting"
        return "current" if self.ended_at is None else "done"


@dataclass(frozen=True, slots=True)
class Recent:
    at: datetime
    by: str
    act: str
    site: str | None
    segment: int | None


@dataclass(frozen=True, slots=True)
class Undo:
    """What an act changed, as it was before; ``hands`` are those it lowered, ``raised`` the one it put up."""

    number: int
    act: str
    site: str | None
    segment: int | None
    floor: Floor | None
    broadcast: str | None
    agenda: tuple[Run, ...]
    hands: tuple[Hand, ...]
    raised: Hand | None = None


@dataclass(frozen=True, slots=True)
class LiveState:
    """``folded`` is the number of the last fact folded in, 0 before the first; ``revision`` that of the last one that
    pages can see: heartbeats are many and show nothing.

    ``attendance_rule`` is the version of the rule that was frozen when the meeting was planned.
    """

    starts_at: datetime
    chair: str
    count_in: int
    agenda: tuple[Run, ...]
    presences: Mapping[str, Presence]
    revision: int = 0
    folded: int = 0
    beat: Beat | None = None
    attendance_rule: int = 1
    state: State = State.PLANNED
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None
    extended: int = 0
    reason: str = ""
    floor: Floor | None = None
    broadcast: str | None = None
    hands: tuple[Hand, ...] = ()
    layout: str = "all"
    layout_site: str | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    recent: tuple[Recent, ...] = ()
    undo: tuple[Undo, ...] = ()
    roll: RollCall = field(default_factory=RollCall)

    @property
    def sites(self) -> tuple[str, ...]:
        """The committees' sites, in the order of their seats."""
        return tuple(identity for identity in self.presences if identity != MAIN)

    @property
    def current(self) -> Run | None:
        return next((run for run in self.agenda if run.state == "current"), None)

    @property
    def following(self) -> Run | None:
        """The agenda item that comes next."""
        return next((run for run in self.agenda if run.state == "waiting"), None)

    def hand(self, site: str) -> Hand | None:
        return next((hand for hand in self.hands if hand.site == site), None)

    def online(self, site: str) -> bool:
        known = self.presences.get(site)
        return known is not None and known.online

    def up_next(self) -> tuple[str, ...]:
        """The sites whose media pages subscribe to in advance: the first two hands that can answer."""
        return tuple(hand.site for hand in self.hands if self.online(hand.site))[:2]


def before_the_start(meeting: Meeting) -> LiveState:
    """The state no fact has touched yet."""
    return LiveState(
        starts_at=meeting.starts_at,
        chair=meeting.chair,
        count_in=meeting.count_in,
        agenda=tuple(Run(segment.id) for segment in meeting.segments),
        presences={identity: Presence() for identity in (MAIN, *(site.identity for site in meeting.sites))},
    )


def open_microphones(state: LiveState, now: datetime) -> frozenset[str]:
    """The sites whose voice may be forwarded: the holder of the floor once its count-in is over, or nobody."""
    floor = state.floor
    if state.state is not State.LIVE or floor is None or now < floor.opens_at:
        return frozenset()
    return frozenset({floor.site})
