"""Keeps one peer's subscriptions at a plan, as the pages do: what is not in the plan is not subscribed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from livekit.protocol import models

from tests.peers.peer import Peer

CAMERA, MICROPHONE = models.TrackSource.CAMERA, models.TrackSource.MICROPHONE
SCREEN, SCREEN_AUDIO = models.TrackSource.SCREEN_SHARE, models.TrackSource.SCREEN_SHARE_AUDIO
LOW, MEDIUM, HIGH = models.VideoQuality.LOW, models.VideoQuality.MEDIUM, models.VideoQuality.HIGH


class Want(NamedTuple):
    quality: models.VideoQuality = HIGH
    enabled: bool = True


Plan = Mapping[tuple[str, models.TrackSource], Want]  # by identity and source


class Viewer:
    """Call `follow` with a plan; it is applied now and whenever participants or tracks change."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.plan: Plan = {}
        self._applied: dict[str, Want] = {}  # by track sid

    def follow(self, plan: Plan) -> None:
        self.plan = plan
        self.apply()

    def apply(self) -> None:
        begin: dict[str, list[str]] = defaultdict(list)
        end: dict[str, list[str]] = defaultdict(list)
        settings: list[tuple[models.TrackInfo, Want]] = []
        for identity, participant in self.peer.participants.items():
            for track in participant.tracks:
                want, applied = self.plan.get((identity, track.source)), self._applied.get(track.sid)
                if want is None:
                    if applied is not None:
                        del self._applied[track.sid]
                        end[participant.sid].append(track.sid)
                    continue
                if applied is None:
                    begin[participant.sid].append(track.sid)
                if want != (applied or Want()):
                    settings.append((track, want))
                self._applied[track.sid] = want
        if end:
            self.peer.subscribe(end, False)
        if begin:
            self.peer.subscribe(begin, True)
        for track, want in settings:
            self.peer.set_track(track.sid, disabled=not want.enabled, quality=want.quality)

    def renew(self) -> None:
        """Say everything again: what was said while the socket was away may have been lost."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for participant in self.peer.participants.values():
            for track in participant.tracks:
                if (want := self._applied.get(track.sid)) is not None:
                    wanted[participant.sid].append(track.sid)
                    self.peer.set_track(track.sid, disabled=not want.enabled, quality=want.quality)
        if wanted:
            self.peer.subscribe(wanted, True)
        self.apply()

    def sid(self, identity: str, source: models.TrackSource) -> str:
        """The id of a participant's track, empty while it has none."""
        track = self.peer.tracks(identity).get(source)
        return track.sid if track else ""
