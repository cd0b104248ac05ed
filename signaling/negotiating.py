"""Sections: which part of a client's offer carries which track, and when to ask the client for another offer.

The client offers, always. A section it only receives on (*slot*) is free, carries a track, or still bears the name of
a track that has gone; the last must be answered ``inactive`` once before it can carry another, because a browser
reports a new track only when the direction changes (*stale*).

A track that is wished for again while its section is stale goes on there, and nowhere else: libwebrtc applies an
answer section by section and refuses all of it when one names an SSRC that a later one still holds (``Failed to set up
audio demuxing``, of video too). So a track leaves its section in one answer and enters another in a later one.

Asking means ``media_sections_requirement``: with numbers when the slots that exist or were already asked for
(*promised*) do not suffice, with 0/0 otherwise. Who waits does not wait for a stale slot, which would cost two offers:
the floor changes hands in half a second. So a client has as many slots as it ever needed at once, counting what it had
just let go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from livekit.protocol import models

from signaling import answer, codecs, protocol, publishing, subscribing
from signaling.answer import Answered, Use
from signaling.effects import CloseFeed, Effect, OpenFeed, Send, SendAnswer
from signaling.media.interface import Codec, Downlink, Kind
from signaling.model import SignalState, Subscription, Track
from signaling.sdp import Offer, Section
from signaling.state import Moment, Participant, RoomState, Slot


def waiting(state: RoomState, p: Participant) -> list[Subscription]:
    return [
        s
        for s in p.subscriptions.values()
        if s.mid is None and not s.unsupported and subscribing.allowed(state, p, state.tracks[s.track])
    ]


def ask(state: RoomState, p: Participant, now: Moment) -> list[Effect]:
    """Due: what the client must be asked for, if anything."""
    if p.offer_due is None or p.offer_due > now.mono or p.signal is not SignalState.ATTACHED:
        return []
    effects = _take_back(state, p)
    if p.offer_asked is not None:
        if now.mono < p.offer_asked + state.limits.offer_timeout:
            p.offer_due = p.offer_asked + state.limits.offer_timeout  # the offer asked for brings us back earlier
            return effects
        p.promised.clear()  # it never came
    p.offer_due = None
    borne = {slot.track for slot in p.slots.values()}
    wanted = Counter(state.tracks[s.track].kind for s in waiting(state, p) if s.track not in borne)
    stale = any(slot.track is not None and not _carried(p, mid) for mid, slot in p.slots.items())
    if not wanted and not stale:
        return effects
    missing = {}
    for kind in Kind:
        taken = sum(1 for slot in p.slots.values() if slot.kind is kind and slot.track is not None)
        existing = max(p.promised.get(kind, 0), _existing(p, kind))
        missing[kind] = max(0, taken + wanted[kind] - existing) if wanted[kind] else 0
        p.promised[kind] = existing + missing[kind]
    p.offer_asked = p.last_asked = now.mono
    p.offer_due = now.mono + state.limits.offer_timeout  # should it never come
    return [*effects, Send((p.sid,), protocol.media_sections(missing[Kind.AUDIO], missing[Kind.VIDEO]))]


def _take_back(state: RoomState, p: Participant) -> list[Effect]:
    """Tracks wished for again whose section has not been switched off: for the client they never went, so no offer."""
    effects: list[Effect] = []
    borne = {slot.track: slot for slot in p.slots.values() if slot.downlink is not None}
    for subscription in waiting(state, p):
        slot = borne.get(subscription.track)
        if slot is not None and slot.downlink is not None:
            subscription.mid = slot.downlink.mid
            effects.append(OpenFeed(p.sid, subscription.track, slot.downlink, subscription.settings))
    return effects


def doubt(p: Participant) -> None:
    """The socket was lost, the last answer perhaps with it: sections it switched off may still bear their tracks."""
    for slot in p.slots.values():
        if slot.track is None and slot.former is not None:
            slot.track, slot.former = slot.former, None


def _carried(p: Participant, mid: str) -> bool:
    slot = p.slots.get(mid)
    subscription = p.subscriptions.get(slot.track) if slot is not None and slot.track is not None else None
    return subscription is not None and subscription.mid == mid


def offered(state: RoomState, p: Participant, number: int, offer: Offer, now: Moment) -> list[Effect]:
    """An offer has come: publish what it sends, put waiting tracks on free slots, answer."""
    p.offered = True
    p.offer_due = None
    effects = _uplinks(state, p, offer, now)
    before = p.slots
    free, closed = _reconcile(p, offer)
    effects += closed
    if all(_existing(p, kind) >= p.promised.get(kind, 0) for kind in Kind):
        p.offer_asked = None  # else this offer had left before our wish arrived, and another follows
    feeds, given = _assign(state, p, free, _homes(before, p, offer))
    effects += feeds
    plan = tuple(_answer(state, p, section, given) for section in offer.sections)
    effects.append(SendAnswer(p.sid, number, plan))
    if waiting(state, p):
        subscribing.wish(state, p, now)
    return effects


def _existing(p: Participant, kind: Kind) -> int:
    return sum(1 for slot in p.slots.values() if slot.kind is kind)


def _uplinks(state: RoomState, p: Participant, offer: Offer, now: Moment) -> list[Effect]:
    effects: list[Effect] = []
    sending = {s.mid: s for s in offer.sections if s.sends and not s.rejected and s.kind is not None}
    for mid, sid in list(p.uplinks.items()):
        section = sending.get(mid)
        if section is None or not _same(state.tracks[sid], section):
            effects += publishing.unpublish(state, p, sid, now, by_server=True)
    p.unpaired = {}
    fresh = [section for mid, section in sending.items() if mid not in p.uplinks]
    for section in fresh:
        cid = publishing.find(p, section, fresh)
        if cid is not None:
            effects += publishing.pair(state, p, cid, section, now)
        else:
            p.unpaired[section.mid] = section
    return effects


def _same(track: Track, section: Section) -> bool:
    """Still the publication that was paired with this section."""
    known = {codec.sdp_cid or codec.cid for codec in track.info.codecs}
    return not section.track_id or section.track_id in known


def _reconcile(p: Participant, offer: Offer) -> tuple[list[Section], list[Effect]]:
    """Slots as this offer has them; returns those that may carry a new track now."""
    slots: dict[str, Slot] = {}
    free = []
    for section in offer.sections:
        if section.kind is None or section.rejected or section.sends or not section.receives:
            continue
        old = p.slots.get(section.mid)
        if old is not None and old.track is not None:
            # carried: stays. Gone: this answer switches it off, the next one may use it
            gone = Slot(section.kind, settings=old.settings, former=old.track)
            slots[section.mid] = old if _carried(p, section.mid) else gone
            continue
        slots[section.mid] = Slot(section.kind)
        free.append(section)
    closed: list[Effect] = []
    for subscription in p.subscriptions.values():
        if subscription.mid is not None and subscription.mid not in slots:
            # the client has stopped its side of the section: the track waits for another one
            subscription.mid = None
            closed.append(CloseFeed(p.sid, subscription.track))
    for mid, slot in p.slots.items():
        if mid not in slots and slot.kind in p.promised:
            p.promised[slot.kind] -= 1
    p.slots = slots
    return free, closed


def _homes(before: Mapping[str, Slot], p: Participant, offer: Offer) -> dict[str, Section | None]:
    """Tracks the client holds and this answer would take away, each with the one section it may be put on now: the
    one it is on, unless the client has stopped that."""
    sections = {section.mid: section for section in offer.sections}
    return {
        slot.track: sections[mid] if mid in p.slots else None
        for mid, slot in before.items()
        if slot.track is not None and not _carried(p, mid)
    }


def _assign(
    state: RoomState, p: Participant, free: list[Section], homes: Mapping[str, Section | None]
) -> tuple[list[Effect], dict[str, Codec]]:
    effects: list[Effect] = []
    given: dict[str, Codec] = {}
    for subscription in waiting(state, p):
        track = state.tracks[subscription.track]
        if track.sid in homes:
            place = homes[track.sid]
        else:
            place = next((section for section in free if section.kind is track.kind), None)
        if place is None:
            continue
        codec = codecs.match(track.codec, place.codecs)
        if codec is None:
            subscription.unsupported = True
            error = models.SubscriptionError.SE_CODEC_UNSUPPORTED
            effects.append(Send((p.sid,), protocol.subscription_failed(track.sid, error)))
            continue
        if track.sid not in homes:
            free.remove(place)
        subscription.mid = place.mid
        given[place.mid] = codec
        downlink = Downlink(place.mid, codec, answer.pick(place.extensions, answer.DOWNLINK))
        p.slots[place.mid] = Slot(track.kind, track.sid, downlink, subscription.settings)
        effects.append(OpenFeed(p.sid, track.sid, downlink, subscription.settings))
        if not track.heard:
            track.heard = True
            effects.append(Send((track.publisher,), protocol.track_subscribed(track.sid)))
    return effects, given


def _answer(state: RoomState, p: Participant, section: Section, given: dict[str, Codec]) -> Answered:
    if section.rejected:
        return Answered(section, Use.REJECTED)
    if section.kind is None:
        return Answered(section, Use.DATA)
    if section.sends:
        return _received(state, p, section)
    slot = p.slots.get(section.mid)
    track = state.tracks.get(slot.track) if slot is not None and slot.track is not None else None
    if track is None or not _carried(p, section.mid):
        return _off(section)
    codec = given.get(section.mid) or codecs.match(track.codec, section.codecs)
    if codec is None:
        return _off(section)
    return Answered(section, Use.SENT, codec, stream=f"{track.publisher}|{track.info.stream}", track=track.sid)


def _received(state: RoomState, p: Participant, section: Section) -> Answered:
    assert section.kind is not None
    sid = p.uplinks.get(section.mid)
    track = state.tracks.get(sid) if sid is not None else None
    if track is None:
        # announced later: received already, with the codec it will most likely have
        codec = codecs.choose(section.kind, section.codecs)
        return Answered(section, Use.RECEIVED, codec) if codec else _off(section)
    codec = codecs.choose(section.kind, section.codecs, track.info.mime_type)
    if codec is None:
        return _off(section)
    parameters = ""
    if section.kind is Kind.AUDIO:
        parameters = codecs.opus_parameters(codec, dtx=not track.info.disable_dtx, stereo=track.info.stereo)
    return Answered(section, Use.RECEIVED, codec, parameters=parameters)


def _off(section: Section) -> Answered:
    assert section.kind is not None
    codec = codecs.choose(section.kind, section.codecs) or next(iter(section.codecs), None)
    return Answered(section, Use.OFF, codec) if codec else Answered(section, Use.REJECTED)
