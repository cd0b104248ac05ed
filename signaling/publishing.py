"""Publishing: announcing a track, finding its section, muting, gates, and losing the right to it.

``add_track`` and the offer that carries the track race: whichever comes second completes the publication.
"""

from __future__ import annotations

from collections.abc import Sequence

from livekit.protocol import models, rtc

from signaling import answer, codecs, protocol, subscribing
from signaling.effects import CloseTrack, Effect, OpenTrack, Send, SetForwarding
from signaling.media.interface import Codec, Encoding, Kind, Quality, Uplink
from signaling.model import Publication, Source, Track, TrackInfo
from signaling.sdp import Section
from signaling.state import Moment, Participant, RoomState

_KINDS = {Kind.AUDIO: models.TrackType.AUDIO, Kind.VIDEO: models.TrackType.VIDEO}
_SOURCES = {
    models.TrackType.AUDIO: {Source.UNKNOWN, Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO},
    models.TrackType.VIDEO: {Source.UNKNOWN, Source.CAMERA, Source.SCREEN_SHARE},
}
"""What each kind may call itself: gates and permissions are by source, so sound must not pass as a camera."""
_QUALITIES = frozenset(map(int, Quality))  # protobuf lets unknown numbers through
_RIDS = {"q": Quality.LOW, "h": Quality.MEDIUM, "f": Quality.HIGH}


def add_track(state: RoomState, p: Participant, request: rtc.AddTrackRequest, now: Moment) -> list[Effect]:
    refusal = _refusal(state, p, request)
    if refusal is not None:
        response = rtc.RequestResponse(reason=refusal, add_track=request)
        return [Send((p.sid,), protocol.request_response(response))]
    if request.cid in p.publications:
        return []
    info = _describe(state, request)
    p.publications[request.cid] = Publication(request, info, now.mono + state.limits.publish_timeout)
    effects: list[Effect] = [Send((p.sid,), protocol.track_published(request.cid, info))]
    for mid, section in list(p.unpaired.items()):
        if section.kind is not None and _KINDS[section.kind] == request.type and section.track_id in _cids(request):
            effects += pair(state, p, request.cid, section, now, wished="")  # as it was answered already
            p.unpaired.pop(mid, None)
            break
    return effects


def _refusal(state: RoomState, p: Participant, request: rtc.AddTrackRequest) -> protocol.Reason | None:
    if not request.cid or len(request.cid) > 256 or request.type == models.TrackType.DATA or request.sid:
        # a sid asks for a second codec of the same track, which is never wanted here
        return protocol.Reason.UNSUPPORTED_TYPE
    if request.source not in _SOURCES.get(request.type, ()) or any(
        layer.quality not in _QUALITIES for layer in request.layers
    ):
        return protocol.Reason.INVALID_REQUEST
    if not p.permission.may_publish(Source(request.source)):
        return protocol.Reason.NOT_ALLOWED
    if len(p.tracks) + len(p.publications) >= state.limits.tracks_per_participant:
        return protocol.Reason.LIMIT_EXCEEDED
    return None


def _cids(request: rtc.AddTrackRequest) -> set[str]:
    return {request.cid, *(c.cid for c in request.simulcast_codecs if c.cid)}


def _describe(state: RoomState, request: rtc.AddTrackRequest) -> TrackInfo:
    audio = request.type == models.TrackType.AUDIO
    features = list(request.audio_features)
    stereo = request.stereo or models.AudioTrackFeature.TF_STEREO in features
    mime = "audio/opus" if audio else f"video/{_wish(request).upper() or 'VP8'}"
    return TrackInfo(
        sid=state.new_id("TR_A" if audio else "TR_V"),
        type=request.type,
        source=request.source,
        name=request.name[:256],
        muted=request.muted,
        width=request.width,
        height=request.height,
        layers=request.layers[:4],
        simulcast=len(request.layers) > 1,
        disable_dtx=request.disable_dtx,
        disable_red=True,
        stereo=stereo,
        stream=request.stream[:256] or _stream(Source(request.source)),
        encryption=request.encryption,
        audio_features=features[:16],
        mime_type=mime,
        codecs=[models.SimulcastCodecInfo(mime_type=mime, cid=request.cid, layers=request.layers[:4])],
    )


def _stream(source: Source) -> str:
    """Tracks of one stream are played in step (lip sync)."""
    return "screen_share" if source in (Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO) else "camera"


def _wish(request: rtc.AddTrackRequest) -> str:
    wish = request.simulcast_codecs[0].codec.lower().rpartition("/")[2] if request.simulcast_codecs else ""
    return wish if f"video/{wish}" in ("video/vp8", "video/h264") else ""


def find(p: Participant, section: Section, sending: Sequence[Section]) -> str | None:
    """The announced cid that this sending section carries: never one of the other kind, whatever its id."""
    assert section.kind is not None
    kind = _KINDS[section.kind]
    waiting = [cid for cid, publication in p.publications.items() if publication.request.type == kind]
    for cid in waiting:
        if section.track_id in _cids(p.publications[cid].request):
            return cid
    # a track may change its id on the way into the connection: unambiguous when one of its kind waits for one section
    alone = [s for s in sending if s.kind is section.kind and s.mid not in p.uplinks]
    return waiting[0] if len(waiting) == 1 and len(alone) == 1 else None


def pair(
    state: RoomState, p: Participant, cid: str, section: Section, now: Moment, wished: str | None = None
) -> list[Effect]:
    """Announcement and section have met: the track is published."""
    assert section.kind is not None
    publication = p.publications.pop(cid)
    codec = codecs.choose(section.kind, section.codecs, _wish(publication.request) if wished is None else wished)
    if codec is None:
        return _forget(p, publication.info.sid)
    info = publication.info
    info.mid = section.mid
    info.mime_type = codec.mime
    info.simulcast = len(section.rids) > 1
    info.codecs[0].mime_type = codec.mime
    info.codecs[0].mid = section.mid
    if section.track_id != info.codecs[0].cid:
        info.codecs[0].sdp_cid = section.track_id
    track = Track(info=info, publisher=p.sid, mid=section.mid, kind=section.kind, codec=codecs.key(codec))
    state.tracks[info.sid] = track
    p.tracks.append(info.sid)
    p.uplinks[section.mid] = info.sid
    effects: list[Effect] = [OpenTrack(info.sid, p.sid, uplink(section, codec, info), forwarding(p, track))]
    state.touch(p, now)
    state.count()
    effects.append(state.notify("track_published", now, _brief(p), track=info))
    return effects + subscribing.published(state, track, now)


def uplink(section: Section, codec: Codec, info: TrackInfo) -> Uplink:
    assert section.kind is not None
    return Uplink(
        mid=section.mid,
        kind=section.kind,
        codecs=(codec,),
        extensions=answer.pick(section.extensions, answer.UPLINK[section.kind]),
        encodings=_encodings(section.rids, info),
        ssrcs=section.ssrcs,
        rtx_ssrcs=section.rtx_ssrcs or None,
    )


def _encodings(rids: Sequence[str], info: TrackInfo) -> tuple[Encoding, ...]:
    layers = {Quality(layer.quality): layer for layer in info.layers}
    if len(rids) < 2:
        rid = rids[0] if rids else ""
        return (Encoding(rid, Quality.HIGH, info.width, info.height, max((x.bitrate for x in info.layers), default=0)),)
    known = all(rid in _RIDS for rid in rids)
    found = []
    for place, rid in enumerate(rids[:3]):
        quality = _RIDS[rid] if known else Quality(place)
        layer = layers.get(quality)
        found.append(
            Encoding(
                rid,
                quality,
                layer.width if layer else 0,
                layer.height if layer else 0,
                layer.bitrate if layer else 0,
            )
        )
    return tuple(sorted(found, key=lambda encoding: encoding.quality))


def forwarding(p: Participant, track: Track) -> bool:
    """Muted, gated or no longer permitted: nothing passes."""
    gated = p.attributes.get(track.source.gate) == "closed"
    return not track.info.muted and not gated and p.permission.may_publish(track.source)


def set_muted(state: RoomState, p: Participant, sid: str, muted: bool, now: Moment) -> list[Effect]:
    """By the owner, or by the server for it. An unknown track is not an error: it may just have been unpublished."""
    for publication in p.publications.values():
        if publication.info.sid == sid:
            publication.info.muted = muted
            return []
    track = state.tracks.get(sid)
    if track is None or track.publisher != p.sid or track.info.muted == muted:
        return []
    track.info.muted = muted
    state.touch(p, now)
    return [SetForwarding(sid, forwarding(p, track))]


def regate(state: RoomState, p: Participant) -> list[Effect]:
    """After a change of attributes: every gate as they say now."""
    return [SetForwarding(sid, forwarding(p, state.tracks[sid])) for sid in p.tracks]


def unpublish(state: RoomState, p: Participant, sid: str, now: Moment, *, by_server: bool) -> list[Effect]:
    track = state.tracks.pop(sid)
    p.tracks.remove(sid)
    effects = subscribing.withdrawn(state, track, now)
    effects.append(CloseTrack(sid))
    if by_server:
        effects.append(Send((p.sid,), protocol.track_unpublished(sid)))
    if track.mid in p.uplinks and p.uplinks[track.mid] == sid:
        del p.uplinks[track.mid]
    state.touch(p, now)
    state.count()
    effects.append(state.notify("track_unpublished", now, _brief(p), track=track.info))
    return effects


def _forget(p: Participant, sid: str) -> list[Effect]:
    return [Send((p.sid,), protocol.track_unpublished(sid))]


def enforce(state: RoomState, p: Participant, now: Moment) -> list[Effect]:
    """After a change of permission: what may no longer be published is taken down, as LiveKit does."""
    effects: list[Effect] = []
    for sid in list(p.tracks):
        if not p.permission.may_publish(state.tracks[sid].source):
            effects += unpublish(state, p, sid, now, by_server=True)
    for cid, publication in list(p.publications.items()):
        if not p.permission.may_publish(Source(publication.request.source)):
            del p.publications[cid]
            effects += _forget(p, publication.info.sid)
    return effects


def expire(state: RoomState, p: Participant, now: Moment) -> list[Effect]:
    effects: list[Effect] = []
    for cid, publication in list(p.publications.items()):
        if publication.deadline <= now.mono:
            del p.publications[cid]
            effects += _forget(p, publication.info.sid)
    return effects


def update_audio(state: RoomState, p: Participant, request: rtc.UpdateLocalAudioTrack, now: Moment) -> None:
    track = state.tracks.get(request.track_sid)
    if track is not None and track.publisher == p.sid:
        track.info = protocol.revised(track.info, audio_features=request.features[:16])
        state.touch(p, now)


def update_video(state: RoomState, p: Participant, sid: str, width: int, height: int, now: Moment) -> None:
    track = state.tracks.get(sid)
    if track is not None and track.publisher == p.sid:
        track.info.width, track.info.height = width, height
        state.touch(p, now)


def update_layers(state: RoomState, p: Participant, request: rtc.UpdateVideoLayers, now: Moment) -> None:
    track = state.tracks.get(request.track_sid)
    if track is not None and track.publisher == p.sid:
        track.info = protocol.revised(track.info, layers=request.layers[:4])
        state.touch(p, now)


def _brief(p: Participant) -> models.ParticipantInfo:
    return models.ParticipantInfo(sid=p.sid, identity=p.identity, name=p.name)


def wish(track: Track) -> Effect:
    """Tells the publisher which layers are wanted: what nobody watches need not be encoded."""
    codec = track.info.mime_type.rpartition("/")[2].lower()
    return Send((track.publisher,), protocol.subscribed_quality(track.sid, codec, track.wanted))
