"""Publishing, case by case: pairing, descriptions, withdrawals."""

from __future__ import annotations

import pytest
from livekit.protocol import models, rtc
from livekit.protocol.room import UpdateParticipantRequest

from signaling import protocol
from signaling.media.interface import Quality
from signaling.model import Limits, Permission
from tests.signaling import offers
from tests.signaling.offers import Media
from tests.signaling.worlds import Client, World

VIDEO, AUDIO = models.TrackType.VIDEO, models.TrackType.AUDIO
CAMERA, MICROPHONE = models.TrackSource.CAMERA, models.TrackSource.MICROPHONE


@pytest.fixture
def world() -> World:
    return World()


def announce(world: World, client: Client, **values: object) -> None:
    request = rtc.AddTrackRequest(**{"cid": "cam", "type": VIDEO, "source": CAMERA, **values})  # type: ignore[arg-type]
    world.perform(world.room.add_track(client.sid, request, world.moment()))


def layers(*qualities: int) -> list[models.VideoLayer]:
    return [models.VideoLayer(quality=q, width=320 << q, height=180 << q, bitrate=100_000 << q) for q in qualities]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rids", "expected"),
    [
        (("q", "h", "f"), [("q", Quality.LOW, 320), ("h", Quality.MEDIUM, 640), ("f", Quality.HIGH, 1280)]),
        (("f", "h", "q"), [("q", Quality.LOW, 320), ("h", Quality.MEDIUM, 640), ("f", Quality.HIGH, 1280)]),
        (("q", "h"), [("q", Quality.LOW, 320), ("h", Quality.MEDIUM, 640)]),
        (("1", "2"), [("1", Quality.LOW, 320), ("2", Quality.MEDIUM, 640)]),
        ((), [("", Quality.HIGH, 1280)]),
    ],
)
def test_layers_are_told_to_media_lowest_first(
    world: World, rids: tuple[str, ...], expected: list[tuple[str, Quality, int]]
) -> None:
    client = world.join("main")
    client.sections.append(Media("video", "0", "sendonly", "cam", rids))
    announce(world, client, layers=layers(0, 1, 2), width=1280, height=720)
    world.offer(client)
    uplink = world.uplinks[world.track("cam")].uplink
    assert [(e.rid, e.quality, e.width) for e in uplink.encodings] == expected
    assert world.room.state.tracks[world.track("cam")].info.simulcast == (len(rids) > 1)


def test_a_track_that_changed_its_id_is_still_found_when_it_is_the_only_one(world: World) -> None:
    client = world.join("main")
    announce(world, client, cid="signalled")
    client.sections.append(Media("video", "0", "sendonly", "in-the-offer"))
    world.offer(client)
    world.offer(client)  # and stays published with the next offer
    assert list(world.forwarding) == [world.track("signalled")]


def test_two_of_a_kind_are_not_guessed(world: World) -> None:
    client = world.join("main")
    announce(world, client, cid="one")
    announce(world, client, cid="two")
    client.sections.append(Media("video", "0", "sendonly", "neither"))
    world.offer(client)
    assert not world.forwarding


def test_an_announcement_without_a_section_is_withdrawn(world: World) -> None:
    client = world.join("main")
    announce(world, client)
    announce(world, client)  # said twice, announced once
    assert len(client.messages("track_published")) == 1
    world.pass_time(21)
    assert len(client.messages("track_unpublished")) == 1
    assert not world.participant(client).publications


def test_a_codec_we_do_not_speak_is_withdrawn(world: World) -> None:
    client = world.join("main")
    announce(world, client)
    section = Media("video", "0", "sendonly", "cam", codecs=("h264",))
    client.sections.append(section)
    text = offers.write(client.sections).replace("H264/90000", "AV1/90000")
    world.perform(world.room.offer(client.sid, 1, client.scanner.scan(text), world.moment()))
    assert not world.forwarding
    assert client.messages("track_unpublished")


def test_mute_before_the_section_came_counts(world: World) -> None:
    client = world.join("main")
    announce(world, client)
    sid = client.messages("track_published")[0].track_published.track.sid
    world.perform(world.room.mute(client.sid, rtc.MuteTrackRequest(sid=sid, muted=True), world.moment()))
    client.sections.append(Media("video", "0", "sendonly", "cam"))
    world.offer(client)
    assert world.forwarding == {sid: False}


def test_losing_the_right_withdraws_what_is_only_announced(world: World) -> None:
    client = world.join("main")
    announce(world, client)
    request = UpdateParticipantRequest(room="room", identity="main")
    request.permission.CopyFrom(protocol.permission_info(Permission(can_publish=False)))
    _, effects = world.room.update_participant(request, world.moment())
    world.perform(effects)
    assert client.messages("track_unpublished")
    assert not world.participant(client).publications


def test_descriptions_follow_the_client(world: World) -> None:
    client, other = world.join("main"), world.join("b")
    camera, microphone = world.track(world.publish(client, "camera")), world.track(world.publish(client, "microphone"))
    moment = world.moment()
    for effects in (
        world.room.update_video_track(
            client.sid, rtc.UpdateLocalVideoTrack(track_sid=camera, width=640, height=360), moment
        ),
        world.room.update_audio_track(
            client.sid,
            rtc.UpdateLocalAudioTrack(track_sid=microphone, features=[models.AudioTrackFeature.TF_NOISE_SUPPRESSION]),
            moment,
        ),
        world.room.update_layers(client.sid, rtc.UpdateVideoLayers(track_sid=camera, layers=layers(0)), moment),
        # another's track is not touched
        world.room.update_video_track(
            other.sid, rtc.UpdateLocalVideoTrack(track_sid=camera, width=1, height=1), moment
        ),
        world.room.update_audio_track(other.sid, rtc.UpdateLocalAudioTrack(track_sid=microphone), moment),
        world.room.update_layers(other.sid, rtc.UpdateVideoLayers(track_sid=camera), moment),
    ):
        world.perform(effects)
    world.pass_time(1)
    tracks = {t.sid: t for t in other.messages("update")[-1].update.participants[0].tracks}
    assert (tracks[camera].width, tracks[camera].height, len(tracks[camera].layers)) == (640, 360, 1)
    assert list(tracks[microphone].audio_features) == [models.AudioTrackFeature.TF_NOISE_SUPPRESSION]


def test_a_stereo_microphone_without_silence_detection_says_so(world: World) -> None:
    client = world.join("main")
    client.sections.append(Media("audio", "0", "sendonly", "mic"))
    request = {"type": AUDIO, "source": MICROPHONE, "cid": "mic", "stereo": True, "disable_dtx": True}
    announce(world, client, **request)
    world.offer(client)
    parameters = world.plans[client.sid].plan[0].parameters
    assert "stereo=1" in parameters
    assert "usedtx" not in parameters


def test_media_that_stays_lost_is_sent_to_begin_anew() -> None:
    world = World(Limits(media_grace=5))
    client = world.join("a")
    world.offer(client)
    world.perform(world.room.media_lost(client.sid, world.moment()))
    world.pass_time(6)
    leave = client.messages("leave")[-1].leave
    assert leave.action == protocol.Action.RECONNECT
    assert leave.reason == models.DisconnectReason.CONNECTION_TIMEOUT


def test_media_that_has_ended_is_not_waited_for(world: World) -> None:
    client = world.join("a")
    world.perform(world.room.media_lost(client.sid, world.moment(), over=True))
    world.pass_time(7)
    assert client.messages("leave")[-1].leave.action == protocol.Action.RECONNECT


def test_what_comes_for_somebody_who_has_gone_changes_nothing(world: World) -> None:
    client = world.join("a")
    sid = client.sid
    world.perform(world.room.left(sid, world.moment()))
    room, moment = world.room, world.moment()
    for effects in (
        room.resume(sid, moment),
        room.signal_lost(sid, moment),
        room.media_lost(sid, moment),
        room.left(sid, moment),
        room.reconnect(sid),
        room.mute(sid, rtc.MuteTrackRequest(), moment),
        room.subscription(sid, rtc.UpdateSubscription(), moment),
        room.sync(sid, rtc.SyncState(), moment),
        room.update_audio_track(sid, rtc.UpdateLocalAudioTrack(), moment),
        room.update_video_track(sid, rtc.UpdateLocalVideoTrack(), moment),
        room.update_layers(sid, rtc.UpdateVideoLayers(), moment),
        room.update_metadata(sid, rtc.UpdateParticipantMetadata(), moment),
        room.layers_wanted("TR_gone", {}),
        room.stream_state(sid, "TR_gone", True),
    ):
        assert effects == []
    assert room.mute_by_server("a", "TR_gone", True, moment) == (None, [])
    assert room.update_participant(UpdateParticipantRequest(identity="a"), moment) == (None, [])
    assert room.update_subscriptions("a", [], True, moment) is None
