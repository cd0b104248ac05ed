from __future__ import annotations

import pytest
from livekit.api import TokenVerifier

from meetinghub.meetings.admission import LIFETIME, Admission, Entrance, Reservations, identity_of

SECRET = "s" * 40


@pytest.mark.parametrize(
    ("entrance", "sources", "data"),
    [
        (Entrance.SITE, ["camera", "microphone"], False),
        (Entrance.MAIN, ["camera", "microphone", "screen_share", "screen_share_audio"], True),
        (Entrance.CONSOLE, [], True),
        (Entrance.WALL, [], False),
    ],
)
def test_a_token_permits_what_its_entrance_needs_and_no_more(
    entrance: Entrance, sources: list[str], data: bool
) -> None:
    claims = TokenVerifier("key", SECRET).verify(Admission("key", SECRET).token(7, entrance, "x", "青禾一村"))
    assert claims.video
    assert (claims.identity, claims.name, claims.video.room) == ("x", "青禾一村", "meeting-7")
    assert claims.video.room_join
    assert claims.video.can_subscribe
    assert claims.video.can_publish is bool(sources)
    assert (claims.video.can_publish_sources or []) == sources
    assert claims.video.can_publish_data is data
    for power in ("room_admin", "room_create", "room_list", "hidden", "recorder"):
        assert not getattr(claims.video, power)
    assert claims.attributes == ({"gate.microphone": "closed"} if entrance is Entrance.SITE else {})


def test_a_token_is_for_connecting_only() -> None:
    assert LIFETIME.total_seconds() == 600


def test_identities() -> None:
    def named(entrance: Entrance, site: str | None = None, taken: frozenset[str] = frozenset()) -> str | None:
        return identity_of(entrance, username="chair", site=site, taken=taken)

    assert named(Entrance.MAIN) == "main"
    assert named(Entrance.CONSOLE) == "console-chair"
    assert named(Entrance.SITE, "site-04") == "site-04"
    assert named(Entrance.SITE) is None
    assert named(Entrance.WALL, taken=frozenset({"wall-1", "wall-3"})) == "wall-2"
    assert named(Entrance.WALL, taken=frozenset(f"wall-{number}" for number in range(1, 33))) is None


def test_a_wall_number_that_was_given_out_is_held_for_half_a_minute() -> None:
    reservations = Reservations()
    reservations.hold(1, "wall-1", 100.0)
    assert reservations.held(1, 129.0) == {"wall-1"}
    assert reservations.held(2, 129.0) == frozenset()
    assert reservations.held(1, 130.0) == frozenset()
