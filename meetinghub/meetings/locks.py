"""The second lock on a LiveKit server that does not know our gates.

A page that behaves mutes its own microphone when it loses the floor. Where one does not, the server mutes its track;
a page that then opens it again has its permission to send a microphone taken, which unpublishes the track, and gets
it back with the floor. Muting comes first because publishing again needs a negotiation, and most offenders are only
slow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from meetinghub.meetings.desired import OPEN

SLOW = timedelta(seconds=1.5)
"""How long after a change of the floor an open microphone is slowness rather than an offence."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A published track. ``source`` is LiveKit's name in lower case: camera, microphone …

    ``sound``: whether it is audio, whatever its publisher calls it.
    """

    sid: str
    source: str
    muted: bool
    sound: bool


@dataclass(frozen=True, slots=True)
class Present:
    """A participant as the media server lists it; ``age`` is how long ago it joined, ``gate`` its microphone's gate,
    ``device`` the paired PC that it is."""

    identity: str
    sid: str
    age: timedelta
    gate: str = ""
    tracks: tuple[Publication, ...] = ()
    may_send_microphone: bool = True
    device: int | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    identity: str
    track: str
    offence: bool


@dataclass(frozen=True, slots=True)
class Permit:
    """Give or take the permission to send a microphone."""

    identity: str
    microphone: bool


def enforce(
    listed: Iterable[Present], gates: Mapping[str, str], offences: Mapping[str, int], settled: bool
) -> list[Mute | Permit]:
    """What to ask of the server. ``offences`` counts by connection (sid); ``settled``: the floor's last change is older
    than :data:`SLOW`."""
    found: list[Mute | Permit] = []
    for present in listed:
        gate = gates.get(present.identity)
        if gate is None:
            continue
        if gate == OPEN:
            if not present.may_send_microphone:
                found.append(Permit(present.identity, True))
            continue
        open_tracks = [track for track in present.tracks if track.sound and not track.muted]
        if settled and offences.get(present.sid, 0) >= 1 and any(t.source == "microphone" for t in open_tracks):
            found.append(Permit(present.identity, False))
            open_tracks = [track for track in open_tracks if track.source != "microphone"]
        found += [Mute(present.identity, track.sid, offence=settled) for track in open_tracks]
    return found
