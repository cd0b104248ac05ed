"""The product's attendance of a soaked meeting beside the truth that the harness kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from meetinghub.db import Database
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store
from meetinghub.ledger.fact import Fact
from meetinghub.ledger.presence import Interval, Window, presences
from tests.flows.product import ROOT
from tests.soak.meeting import Soaked
from tests.soak.memory import growth, growth_between
from tests.soak.schedule import Plan
from tests.soak.truth import Cause, Error, Span, errors

SEEN_SECONDS = 1.5  # a second, and half of one for the event's way
DIED_SECONDS = 15.0  # a heartbeat


@dataclass(frozen=True, slots=True)
class Judged:
    """``errors`` longest first; ``growth`` in MB an hour by process; ``web_away``: when nobody
    could write heartbeats, which nothing makes up for."""

    errors: list[Error]
    growth: dict[str, float]
    growth_between_calms: dict[str, float]
    facts: int
    web_away: list[Span]

    def worst(self, cause: Cause) -> float:
        return max((error.seconds for error in self.errors if error.cause is cause), default=0.0)

    @property
    def wrong(self) -> list[Error]:
        limits = {Cause.SEEN: SEEN_SECONDS, Cause.DIED: DIED_SECONDS}
        return [error for error in self.errors if error.without(self.web_away) > limits[error.cause]]


def judged(soaked: Soaked, planned: Plan) -> Judged:
    facts = facts_of(soaked)
    window = _window(facts)
    sites = [name for name in soaked.venues if name != "wall"]
    claimed = {site: _spans(found) for site, found in presences(facts, sites, window).items()}
    truth = {name: venue.presence for name, venue in soaked.venues.items() if name != "wall"}
    found = errors(truth, claimed, (window.start.timestamp(), window.end.timestamp()))
    slopes = growth(soaked.samples, since=soaked.started + planned.kills_end)
    calms = [(soaked.started + since, soaked.started + until) for since, until in planned.calms]
    between = growth_between(soaked.samples, calms[0], calms[-1]) if calms else {}
    return Judged(found, slopes, between, len(facts), soaked.web_away)


def facts_of(soaked: Soaked) -> list[Fact]:
    database = Database(soaked.product.database_url)
    try:
        return database.read_now(store.of_meeting, soaked.number)
    finally:
        database.close()


def _window(facts: Sequence[Fact]) -> Window:
    started = next(fact.at for fact in facts if isinstance(fact.payload, p.MeetingStarted))
    ended = next(fact.at for fact in facts if isinstance(fact.payload, p.MeetingEnded))
    return Window(started, ended)


def _spans(intervals: Sequence[Interval]) -> list[Span]:
    return [(each.start.timestamp(), each.end.timestamp()) for each in intervals]


def verified(soaked: Soaked) -> tuple[int, str]:
    """Exit status and words of ``python -m meetinghub verify``."""
    done = subprocess.run(
        [sys.executable, "-m", "meetinghub", "verify"],
        cwd=ROOT,
        env=soaked.product.product.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def story(soaked: Soaked, error: Error) -> str:
    """One error with what happened around it, for whoever has to find the cause."""

    def clock(moment: float) -> str:
        return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S.%f")[:-4]

    near = (error.start - 60, error.end + 60)
    lines = [f"{error.site} {clock(error.start)}–{clock(error.end)} {error.seconds:.2f} s {error.cause.value}, "
             f"attendance says {'there' if error.claims else 'away'}"]  # fmt: skip
    presence = soaked.venues[error.site].presence
    lines += [f"  truth {clock(a)}–{clock(b)}" for a, b in presence.until(near[1]) if b > near[0] and a < near[1]]
    lines += [f"  edge {clock(e.at)} {e.cause.value}" for e in presence.edges if near[0] < e.at < near[1]]
    lines += [f"  kill {clock(at)} {name}" for at, name in soaked.kills if near[0] < at < near[1]]
    for fact in facts_of(soaked):
        match fact.payload:
            case p.SiteJoined(site=site, connection=name, occurred_at=at) if site == error.site:
                words = f"joined {name} at {clock(at.timestamp())}"
            case p.SiteLeft(site=site, connection=name, occurred_at=at, reason=reason) if site == error.site:
                words = f"left {name} at {clock(at.timestamp())} {reason}"
            case p.RoomStarted(room=room) | p.RoomFinished(room=room):
                words = f"{fact.payload.kind.value} {room}"
            case p.ConnectionsSeen(connections=seen):
                words = f"beat of {len(seen)}"
            case _:
                continue
        if near[0] < fact.at.timestamp() < near[1]:
            lines.append(f"  fact {clock(fact.at.timestamp())} {words}")
    return "\n".join(lines)


def setting(name: str, default: float) -> float:
    """A number from the environment."""
    return float(os.environ.get(name, "") or default)
