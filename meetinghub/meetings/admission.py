"""Who enters a meeting's room as what: identities, and the LiveKit tokens that carry their permissions.

A token is good for one room and one identity for ten minutes, which is long enough to connect; whoever stays connected
needs none, and a page that comes back asks for a new one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from livekit.api import AccessToken, VideoGrants

from meetinghub.ids import DeviceId, MeetingId, room_name
from meetinghub.meetings.desired import CLOSED, DEVICE, GATE
from meetinghub.meetings.model import MAIN

LIFETIME = timedelta(minutes=10)
WALLS = 32


class Entrance(StrEnum):
    SITE = "site"
    MAIN = "main"
    CONSOLE = "console"
    WALL = "wall"


_SOURCES = {
    Entrance.SITE: ["camera", "microphone"],
    Entrance.MAIN: ["camera", "microphone", "screen_share", "screen_share_audio"],
}


@dataclass(frozen=True, slots=True)
class Admission:
    """Signs tokens with the media server's key."""

    key: str
    secret: str

    def token(
        self, meeting_id: int, entrance: Entrance, identity: str, name: str, *, device: DeviceId | None = None
    ) -> str:
        """``device`` is the paired PC that asks: it can be told from its committee's other windows, and cut off."""
        sources = _SOURCES.get(entrance, [])
        grants = VideoGrants(
            room_join=True,
            room=room_name(MeetingId(meeting_id)),
            can_publish=bool(sources),
            can_publish_sources=sources,
            can_publish_data=entrance in {Entrance.CONSOLE, Entrance.MAIN},
            can_subscribe=True,
            can_update_own_metadata=bool(sources),
        )
        token = AccessToken(self.key, self.secret).with_identity(identity).with_name(name).with_ttl(LIFETIME)
        if entrance is Entrance.SITE:
            token = token.with_attributes({GATE: CLOSED} | ({DEVICE: str(device)} if device is not None else {}))
        return token.with_grants(grants).to_jwt()


def identity_of(entrance: Entrance, *, username: str, site: str | None, taken: Collection[str]) -> str | None:
    """The identity for an entrance: a site's own, a console's by account, the first free number for a wall.

    None when this account cannot enter that way, or when every wall is taken.
    """
    match entrance:
        case Entrance.SITE:
            return site
        case Entrance.MAIN:
            return MAIN
        case Entrance.CONSOLE:
            return f"console-{username}"
        case Entrance.WALL:
            walls = (f"wall-{number}" for number in range(1, WALLS + 1))
            return next((wall for wall in walls if wall not in taken), None)


class Reservations:
    """Wall numbers that were given out a moment ago and have not joined yet."""

    SECONDS = 30.0

    def __init__(self) -> None:
        self._until: dict[tuple[int, str], float] = {}

    def held(self, meeting_id: int, now: float) -> frozenset[str]:
        """``now`` in seconds of any steady clock."""
        self._until = {key: until for key, until in self._until.items() if until > now}
        return frozenset(identity for number, identity in self._until if number == meeting_id)

    def hold(self, meeting_id: int, identity: str, now: float) -> None:
        self._until[meeting_id, identity] = now + self.SECONDS
