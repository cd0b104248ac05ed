"""Webhooks of the media server: who came and went becomes facts, and the room is told what it must know."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import jwt
import structlog
from aiohttp import web
from google.protobuf.json_format import ParseError
from livekit.api import TokenVerifier, WebhookReceiver
from livekit.protocol.models import DisconnectReason
from livekit.protocol.webhook import WebhookEvent

from meetinghub.errors import NotFound, Unauthenticated
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings.comings import came, room_began, room_ended, went
from meetinghub.meetings.desired import takes_part
from meetinghub.meetings.model import meeting_of_room
from meetinghub.meetings.rooms import present_of
from web import keys
from web.live import MEETINGS, PROJECTION

FRESH = timedelta(seconds=1)
"""News younger than this happened now: an event's time has only whole seconds."""
HALF = timedelta(seconds=0.5)

log = structlog.get_logger("hooks")


async def livekit(request: web.Request) -> web.Response:
    """Answers 200 once everything is written; anything else makes the server tell it again."""
    event = _verified(request, await request.text())
    number = meeting_of_room(event.room.name)
    structlog.contextvars.bind_contextvars(
        hook=event.event, meeting=number, participant=event.participant.identity or None
    )
    if number is not None:
        try:
            await _record(request, number, event)
        except NotFound:
            log.warning("room of no meeting", room=event.room.name)
            return web.Response()
        _tell(request, number, event)
    return web.Response()


def _verified(request: web.Request, body: str) -> WebhookEvent:
    config = request.app[keys.CONFIG]
    receiver = WebhookReceiver(TokenVerifier(config.livekit_api_key, config.livekit_api_secret))
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    try:
        return receiver.receive(body, token)
    except (jwt.PyJWTError, ParseError, ValueError, TypeError) as error:
        raise Unauthenticated("hook.not_verified") from error
    except Exception as error:  # the receiver says "hash mismatch" with a bare Exception
        if type(error) is not Exception:
            raise
        raise Unauthenticated("hook.not_verified") from error


async def _record(request: web.Request, number: int, event: WebhookEvent) -> None:
    meetings = request.app[MEETINGS]
    state = (await meetings.current(number)).state
    at = _moment(event, meetings.clock.now())
    who, room = event.participant, event.room.sid
    facts: list[NewFact] = []
    match event.event:
        case "room_started":
            facts.append(room_began(room, at))
        case "room_finished":
            facts.append(room_ended(room, at))
        case "participant_joined" if takes_part(who.identity, state):
            facts.append(came(who.identity, who.sid, room, meetings.clock.now() - present_of(who).age))
        case "participant_left" | "participant_connection_aborted" if takes_part(who.identity, state):
            reason = DisconnectReason.Name(who.disconnect_reason)
            facts.append(went(who.identity, who.sid, room, at, reason))
        case _:
            return
    live = await meetings.record(number, facts)
    request.app[PROJECTION].wake(number, live)


def _tell(request: web.Request, number: int, event: WebhookEvent) -> None:
    projection = request.app[PROJECTION]
    match event.event:
        case "room_started" | "room_finished":
            projection.room_changed(number)
        case "participant_joined":
            projection.joined(number, present_of(event.participant))
        case "participant_left" | "participant_connection_aborted":
            projection.left(number, event.participant.identity, event.participant.sid)
        case "track_published":
            projection.wake(number)
        case _:
            pass


def _moment(event: WebhookEvent, now: datetime) -> datetime:
    """When it happened, within half a second, by our clock, which in a demonstration is not the media server's."""
    age = timedelta(seconds=max(0.0, time.time() - event.created_at)) if event.created_at else timedelta(0)
    return now if age < FRESH else now - age + HALF
