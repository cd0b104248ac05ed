"""LiveKit access tokens: JWT (HS256) with a ``video`` grant, verified, renewed, and signed for webhooks."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import jwt
from google.protobuf.json_format import ParseDict, ParseError
from livekit.protocol.room import RoomConfiguration

from meetinghub.errors import Unauthenticated
from signaling.model import GATE_PREFIX, Grants, Permission, Source

LEEWAY = 10  # seconds of clock difference
MAX_TOKEN = 16_384  # characters
_KINDS = frozenset({"STANDARD", "INGRESS", "EGRESS", "SIP", "AGENT"})


def verify(token: str, keys: Mapping[str, str]) -> Grants:
    """What the token grants. Raises :class:`Unauthenticated`, never with the token in it."""
    if not token or len(token) > MAX_TOKEN:
        raise Unauthenticated("signaling.token_missing")
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        secret = keys.get(issuer) if isinstance(issuer, str) else None
        if secret is None:
            raise Unauthenticated("signaling.token_foreign")
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iss"], "verify_aud": False, "verify_sub": False, "verify_iat": False},
        )
        return _grants(claims)
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("signaling.token_expired") from None
    except (jwt.PyJWTError, ParseError, ValueError, TypeError, AttributeError, RecursionError):
        raise Unauthenticated("signaling.token_invalid") from None


def renew(
    grants: Grants,
    *,
    permission: Permission,
    name: str,
    metadata: str,
    now: int,
    ttl: int,
    key: str,
    secret: str,
    attributes: Mapping[str, str],
) -> str:
    """A fresh token for a connected participant.

    Gates stay as the first token had them: a token kept from the time a gate was open must not open it later.
    """
    kept = {k: v for k, v in attributes.items() if not k.startswith(GATE_PREFIX)}
    kept |= {k: v for k, v in grants.attributes.items() if k.startswith(GATE_PREFIX)}
    claims: dict[str, Any] = {
        "iss": key,
        "sub": grants.identity,
        "nbf": grants.issued_at,  # stays as old as the grant, so that later decisions of the server outrank it
        "exp": now + ttl,
        "name": name,
        "metadata": metadata,
        "attributes": kept,
        "kind": grants.kind.lower(),
        "video": {
            "room": grants.room,
            "roomJoin": True,
            "canPublish": permission.can_publish,
            "canSubscribe": permission.can_subscribe,
            "canPublishData": permission.can_publish_data,
            "canPublishSources": sorted(s.name.lower() for s in permission.can_publish_sources),
            "canUpdateOwnMetadata": permission.can_update_metadata,
            "hidden": permission.hidden,
        },
    }
    return jwt.encode(claims, secret, algorithm="HS256")


def sign_body(body: bytes, *, key: str, secret: str, now: int, ttl: int = 300) -> str:
    """The ``Authorization`` value of a webhook: a token with the body's SHA-256."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": key, "nbf": now, "exp": now + ttl, "sha256": digest}
    return jwt.encode(claims, secret, algorithm="HS256")


def _grants(claims: Mapping[str, Any]) -> Grants:
    video = claims.get("video") or {}
    configuration = None
    if claims.get("roomConfig"):
        configuration = ParseDict(claims["roomConfig"], RoomConfiguration(), ignore_unknown_fields=True)
    attributes = {str(k): str(v) for k, v in (claims.get("attributes") or {}).items()}
    return Grants(
        identity=_text(claims.get("sub")),
        room=_text(video.get("room")),
        room_join=video.get("roomJoin") is True,
        room_admin=video.get("roomAdmin") is True,
        room_create=video.get("roomCreate") is True,
        room_list=video.get("roomList") is True,
        name=_text(claims.get("name")),
        metadata=_text(claims.get("metadata")),
        attributes=attributes,
        permission=_permission(video),
        kind=_kind(_text(claims.get("kind")).upper()),
        configuration=configuration,
        issued_at=int(claims.get("nbf") or claims.get("iat") or 0),
        expires_at=int(claims["exp"]),
    )


def _kind(name: str) -> str:
    return name if name in _KINDS else "STANDARD"


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("not a string")
    return value


def _permission(video: Mapping[str, Any]) -> Permission:
    names = video.get("canPublishSources") or []
    sources = frozenset(Source[str(name).upper()] for name in names if str(name).upper() in Source.__members__)
    publishes = video.get("canPublish", True) is not False
    return Permission(
        can_subscribe=video.get("canSubscribe", True) is not False,
        # a list that names nothing we know must not widen into "every source"
        can_publish=publishes and not (names and not sources),
        can_publish_data=video.get("canPublishData", publishes) is not False,
        can_publish_sources=sources,
        hidden=video.get("hidden") is True,
        recorder=video.get("recorder") is True,
        can_update_metadata=video.get("canUpdateOwnMetadata") is True,
        agent=video.get("agent") is True,
        can_subscribe_metrics=video.get("canSubscribeMetrics") is True,
    )
