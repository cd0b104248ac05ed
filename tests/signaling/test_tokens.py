"""Tokens: LiveKit's own are accepted; old, forged, foreign and strange ones are not, and never appear in the error."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit import api

from meetinghub.errors import Unauthenticated
from signaling import tokens
from signaling.model import Permission, Source
from tests.signaling.servers import KEY, SECRET, token

KEYS = {KEY: SECRET}


def handmade(secret: str = SECRET, **changes: Any) -> str:
    claims: dict[str, Any] = {
        "iss": KEY,
        "sub": "a",
        "exp": int(time.time()) + 60,
        "video": {"roomJoin": True, "room": "r"},
    }
    claims.update(changes)
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, secret, algorithm="HS256")


def test_livekits_own_token_is_read() -> None:
    made = token(
        "site-01",
        "meeting-1",
        attributes={"gate.microphone": "closed"},
        can_publish_sources=["camera", "microphone"],
        can_update_own_metadata=True,
        hidden=True,
    )
    grants = tokens.verify(made, KEYS)
    assert (grants.identity, grants.room, grants.room_join, grants.room_admin) == ("site-01", "meeting-1", True, False)
    assert grants.attributes == {"gate.microphone": "closed"}
    assert grants.permission.can_publish_sources == {Source.CAMERA, Source.MICROPHONE}
    assert grants.permission.hidden
    assert not grants.permission.may_publish(Source.SCREEN_SHARE)


@pytest.mark.parametrize(
    "made",
    [
        token("a", ttl=-120),
        token("a", secret="another-secret-of-at-least-32-bytes"),
        handmade(iss="stranger"),
        handmade(exp=None),
        handmade(iss=None),
        handmade(nbf=int(time.time()) + 3600),
        handmade(sub=5),
        handmade(video="all of it"),
        handmade(attributes=[1]),
        handmade(roomConfig={"emptyTimeout": "never"}),
        jwt.encode({"iss": KEY, "exp": int(time.time()) + 60}, "", algorithm="none"),
        "",
        "a.b.c",
        "x" * 20_000,
    ],
    ids=[
        "old",
        "other secret",
        "stranger",
        "no end",
        "no issuer",
        "not yet",
        "number for a name",
        "words for a grant",
        "list for attributes",
        "bad room",
        "unsigned",
        "empty",
        "letters",
        "long",
    ],
)
def test_bad_tokens_are_refused_without_being_named(made: str) -> None:
    with pytest.raises(Unauthenticated) as caught:
        tokens.verify(made, KEYS)
    assert caught.value.code.startswith("signaling.token")
    assert not made or made not in repr(caught.value)
    assert not caught.value.values
    assert caught.value.__cause__ is None


@given(st.text(max_size=300))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.verify(text, KEYS)


def test_sources_nobody_knows_do_not_widen_the_grant() -> None:
    grants = tokens.verify(token("a", can_publish_sources=["hologram"]), KEYS)
    assert not grants.permission.may_publish(Source.CAMERA)


def test_a_renewed_token_keeps_its_gates_and_its_age() -> None:
    first = tokens.verify(token("a", attributes={"gate.microphone": "closed"}), KEYS)
    renewed = tokens.renew(
        first,
        permission=Permission(can_publish_sources=frozenset({Source.CAMERA}), can_update_metadata=True),
        name="new name",
        metadata="m",
        attributes={"gate.microphone": "open", "net": "weak"},
        now=int(time.time()),
        ttl=600,
        key=KEY,
        secret=SECRET,
    )
    grants = tokens.verify(renewed, KEYS)
    assert grants.attributes == {"gate.microphone": "closed", "net": "weak"}
    assert grants.issued_at == first.issued_at
    assert grants.permission.can_publish_sources == {Source.CAMERA}
    assert (grants.name, grants.room, grants.identity) == ("new name", "r1", "a")
    assert api.TokenVerifier(KEY, SECRET).verify(renewed).video.can_update_own_metadata  # type: ignore[union-attr]
