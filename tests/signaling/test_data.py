"""Data packets between participants, and from the server."""

from __future__ import annotations

import pytest
from livekit.protocol import models, rtc
from livekit.protocol.room import SendDataRequest

from signaling.media.interface import Delivery
from signaling.model import Permission
from tests.signaling.worlds import World


@pytest.fixture
def world() -> World:
    return World()


class TestData:
    def packet(self, *to: str, sequence: int = 0) -> bytes:
        return models.DataPacket(
            user=models.UserPacket(payload=b"x", topic="t"),
            destination_identities=to,
            participant_identity="somebody else",
            sequence=sequence,
        ).SerializeToString()

    def test_the_server_writes_who_sent_it(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(), world.moment()))
        packet = models.DataPacket.FromString(world.data[b.sid][0])
        assert (packet.participant_identity, packet.participant_sid, packet.user.participant_sid) == ("a", a.sid, a.sid)
        assert not world.data[a.sid]

    def test_only_so_much_is_kept_for_those_who_were_away(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        for sequence in range(1, 400):
            world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(sequence=sequence), world.moment()))
        world.data.clear()
        world.perform(world.room.sync(b.sid, rtc.SyncState(), world.moment()))
        assert len(world.data[b.sid]) == 256
        world.now += 60
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(sequence=999), world.moment()))
        assert len(world.room.state.kept) == 1

    def test_what_only_the_server_says_is_not_passed_on(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        for packet in (models.DataPacket(speaker=models.ActiveSpeakerUpdate()), models.DataPacket()):
            payload = packet.SerializeToString()
            world.perform(world.room.data(a.sid, Delivery.RELIABLE, payload, world.moment()))
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, b"\xff" * 9, world.moment()))
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, bytes(70_000), world.moment()))
        assert not world.data[b.sid]

    def test_who_is_hidden_sends_without_a_name(self, world: World) -> None:
        a, b = world.join("a", permission=Permission(hidden=True)), world.join("b")
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(), world.moment()))
        packet = models.DataPacket.FromString(world.data[b.sid][0])
        assert (packet.participant_identity, packet.participant_sid, packet.user.participant_identity) == ("", "", "")

    def test_only_those_named_get_it(self, world: World) -> None:
        a, b, c = world.join("a"), world.join("b"), world.join("c")
        world.perform(world.room.data(a.sid, Delivery.LOSSY, self.packet("c"), world.moment()))
        assert (len(world.data[b.sid]), len(world.data[c.sid])) == (0, 1)

    def test_without_permission_nothing_is_passed_on(self, world: World) -> None:
        a, b = world.join("a", permission=Permission(can_publish_data=False)), world.join("b")
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(), world.moment()))
        assert not world.data[b.sid]

    def test_what_was_missed_is_sent_after_a_resume_and_nothing_twice(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        for sequence in (1, 2, 2, 3):
            world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(sequence=sequence), world.moment()))
        assert len(world.data[b.sid]) == 3
        world.data.clear()
        state = rtc.DataChannelReceiveState(publisher_sid=a.sid, last_seq=2)
        world.perform(world.room.sync(b.sid, rtc.SyncState(datachannel_receive_states=[state]), world.moment()))
        assert [models.DataPacket.FromString(p).sequence for p in world.data[b.sid]] == [3]
        world.perform(world.room.resume(a.sid, world.moment()))
        assert a.messages("reconnect")[-1].reconnect.last_message_seq == 3

    def test_the_api_reaches_those_named(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        request = SendDataRequest(room="room", data=b"hi", destination_identities=["b"], topic="news")
        world.perform(world.room.send_data(request, world.moment()))
        packet = models.DataPacket.FromString(world.data[b.sid][0])
        assert (packet.user.payload, packet.user.topic) == (b"hi", "news")
        assert not world.data[a.sid]
