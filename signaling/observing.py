"""What everybody is told about everybody: gathered updates, who is speaking, how good each connection is."""

from __future__ import annotations

from collections.abc import Mapping

from livekit.protocol import models, rtc

from signaling import protocol, publishing
from signaling.effects import Effect, Send
from signaling.media.interface import PeerStats
from signaling.model import MediaState, Source
from signaling.state import ACTIVE, Moment, Participant, RoomState

SPEAKING = 0.04  # audible speech; LiveKit's scale 0…1
_LEVEL_STEPS = 10  # smaller changes of loudness are not told
Quality = models.ConnectionQuality


def flush(state: RoomState, now: Moment) -> list[Effect]:
    """One update for all changes of the last moment. Serialised once; hidden participants hear only of themselves."""
    if state.flush_due is None or state.flush_due > now.mono:
        return []
    state.flush_due = None
    changed = [state.participants[sid] for sid in state.dirty if sid in state.participants]
    state.dirty.clear()
    effects: list[Effect] = []
    shown = [state.describe(p) for p in changed if p.visible]
    if shown:
        effects += state.tell(protocol.update(shown))
    attached = set(state.attached())
    for p in changed:
        if not p.visible and p.sid in attached:
            effects.append(Send((p.sid,), protocol.update([state.describe(p)])))
    return effects


def speakers(state: RoomState, levels: Mapping[str, float]) -> list[Effect]:
    """``levels`` by track: told are those who began, stopped or changed their loudness."""
    loudest: dict[str, float] = {}
    for sid, level in levels.items():
        track = state.tracks.get(sid)
        if track is None or level < SPEAKING or track.source is Source.SCREEN_SHARE_AUDIO:
            continue
        if publishing.forwarding(state.participants[track.publisher], track):  # who is not heard does not speak
            loudest[track.publisher] = max(level, loudest.get(track.publisher, 0.0))
    changed = []
    for sid, level in loudest.items():
        step = round(level * _LEVEL_STEPS)
        if state.speaking.get(sid) != step:
            state.speaking[sid] = step
            changed.append(models.SpeakerInfo(sid=sid, level=level, active=True))
    for sid in [sid for sid in state.speaking if sid not in loudest]:
        del state.speaking[sid]
        if sid in state.participants:
            changed.append(models.SpeakerInfo(sid=sid, level=0.0, active=False))
    return state.tell(protocol.speakers_changed(changed)) if changed else []


def qualities(state: RoomState, stats: Mapping[str, PeerStats], told: dict[str, int]) -> list[Effect]:
    """Only changes are told; ``told`` remembers what was. LOST drives a client's own full reconnect."""
    changed = []
    for p in state.participants.values():
        quality, score = _quality(p, stats.get(p.sid))
        if told.get(p.sid) != quality and p.visible and p.state == ACTIVE:
            told[p.sid] = quality
            changed.append(rtc.ConnectionQualityInfo(participant_sid=p.sid, quality=quality, score=score))
    for sid in [sid for sid in told if sid not in state.participants]:
        del told[sid]
    return state.tell(protocol.connection_quality(changed)) if changed else []


def _quality(p: Participant, stats: PeerStats | None) -> tuple[models.ConnectionQuality, float]:
    if p.media in (MediaState.LOST, MediaState.OVER):
        return Quality.LOST, 1.0
    if stats is None:
        return Quality.EXCELLENT, 5.0
    score = 5.0 - 25.0 * max(stats.uplink_loss, stats.downlink_loss)  # 4 % costs one of five
    if stats.rtt is not None:
        score -= max(0.0, stats.rtt - 0.2) * 2.5
    score = min(5.0, max(1.0, score))
    if score >= 4.0:
        return Quality.EXCELLENT, score
    return (Quality.GOOD if score >= 2.5 else Quality.POOR), score
