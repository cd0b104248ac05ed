from __future__ import annotations

import asyncio

import pytest
from aiortc import RTCDataChannel, RTCDataChannelParameters

from signaling.media import channels, rtcp
from signaling.media.engine import MediaEngine
from signaling.media.interface import Delivery, Downlink
from tests.signaling.media.client import Client, Listener, eventually, vp8
from tests.signaling.media.conftest import Connect
from tests.signaling.media.test_engine import CAMERA, RECEIVED_EXTENSIONS, VP8, layer


def offer(client: Client, label: str, **parameters: bool | int) -> RTCDataChannel:
    assert client.sctp is not None
    ordered = bool(parameters.get("ordered", True))
    retransmits = 0 if not ordered else None
    return RTCDataChannel(
        client.sctp, RTCDataChannelParameters(label=label, ordered=ordered, maxRetransmits=retransmits)
    )


async def test_data_channels_carry_messages_both_ways_and_keep_what_came_early(connect: Connect) -> None:
    client, listener = await connect()
    client.peer.send_data(Delivery.RELIABLE, b"early")
    await client.open_data()
    channel = offer(client, "_reliable")
    received: list[bytes] = []
    channel.on("message", received.append)
    await eventually(lambda: channel.readyState == "open")
    channel.send(b"up")
    channel.send("text is not LiveKit's")
    channel.send(bytes(60_000))
    await listener.until(lambda events: ("data", Delivery.RELIABLE, bytes(60_000)) in events)
    assert [event[2] for event in listener.events if event[0] == "data"] == [b"up", bytes(60_000)]
    client.peer.send_data(Delivery.RELIABLE, b"down")
    await eventually(lambda: received == [b"early", b"down"])


async def test_lossy_messages_are_dropped_when_the_line_is_slow(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "LOSSY_BACKLOG", 2000)
    client, _ = await connect()
    await client.open_data()
    channel = offer(client, "_lossy", ordered=False)
    received: list[bytes] = []
    channel.on("message", received.append)
    await eventually(lambda: channel.readyState == "open")
    await eventually(lambda: client.peer._channels is not None and client.peer._channels._open)
    for _ in range(100):
        client.peer.send_data(Delivery.LOSSY, bytes(1000))
    await asyncio.sleep(0.3)
    assert 1 <= len(received) < 20


async def test_a_reliable_backlog_ends_the_client_that_does_not_read(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "RELIABLE_BACKLOG", 5000)
    client, listener = await connect()
    await client.open_data()
    channel = offer(client, "_reliable")
    await eventually(lambda: channel.readyState == "open")
    await eventually(lambda: client.peer._channels is not None and client.peer._channels._open)
    for _ in range(20):
        client.peer.send_data(Delivery.RELIABLE, bytes(1000))
    await listener.until(lambda events: ("disconnected", "data_backlog") in events)


async def test_channels_of_other_names_are_opened_and_ignored(connect: Connect) -> None:
    client, listener = await connect()
    await client.open_data()
    channel = offer(client, "_data_track")
    await eventually(lambda: channel.readyState == "open")
    channel.send(b"nobody reads this")
    await asyncio.sleep(0.1)
    assert not [event for event in listener.events if event[0] == "data"]


async def test_channels_without_end_end_their_client(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "MAX_CHANNELS", 3)
    client, listener = await connect()
    await client.open_data()
    for _ in range(5):
        offer(client, "more")
    await listener.until(lambda events: ("disconnected", "data_channels") in events)


async def test_channels_may_be_opened_anew_as_often_as_they_are_closed(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "MAX_CHANNELS", 2)
    client, listener = await connect()
    await client.open_data()
    for number in range(4):
        channel = offer(client, "_reliable")
        await eventually(lambda channel=channel: channel.readyState == "open")  # type: ignore[misc]
        channel.send(b"%d" % number)
        await listener.until(lambda events, n=number: ("data", Delivery.RELIABLE, b"%d" % n) in events)  # type: ignore[misc]
        channel.close()
        await eventually(lambda channel=channel: channel.readyState == "closed")  # type: ignore[misc]
        await eventually(lambda: client.peer._channels is not None and not client.peer._channels._open)
    client.peer.send_data(Delivery.RELIABLE, b"kept")
    received: list[bytes] = []
    channel = offer(client, "_reliable")
    channel.on("message", received.append)
    await eventually(lambda: received == [b"kept"])


async def test_a_message_that_is_never_finished_ends_its_client(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "MAX_REASSEMBLY", 20_000)
    client, listener = await connect()
    sctp = await client.open_data()
    channel = offer(client, "_reliable")
    await eventually(lambda: channel.readyState == "open")
    monkeypatch.setattr(type(sctp), "_data_channel_flush", _endless)
    channel.send(bytes(60_000))
    await listener.until(lambda events: ("disconnected", "data_overflow") in events, 20)


async def _endless(self: object) -> None:
    """Sends fragments of one message and never the last of them."""
    from aiortc.rtcsctptransport import RTCSctpTransport

    assert isinstance(self, RTCSctpTransport)
    while self._data_channel_queue:
        channel, protocol, data = self._data_channel_queue.popleft()
        await self._send(channel.id or 0, protocol, data)
        for chunk in (*self._outbound_queue, *self._sent_queue):
            chunk.flags &= ~1
    await self._transmit()


async def test_a_handshake_that_never_ends_is_given_up(engine: MediaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.media.dtls.HANDSHAKE_SECONDS", 0.2)
    listener = Listener()
    client = await Client.open(engine, listener)
    client.announce()
    assert await client.check()
    await listener.until(lambda events: ("disconnected", "dtls_timeout") in events)
    await client.close()


async def test_a_subscribers_wish_for_a_key_frame_is_passed_on_but_not_too_often(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    source = layer(publisher, "f")
    source.send(vp8(1, key=True))
    await eventually(lambda: len(subscriber.rtp) == 1)

    def asked() -> int:
        messages = [message for packet in publisher.rtcp for message in rtcp.parse(packet)]
        return messages.count(rtcp.KeyframeRequest(source.ssrc))

    before = asked()
    for number in range(20):
        subscriber.send_rtcp(rtcp.full_intra_request(1, track.ssrc, number))
        subscriber.send_rtcp(rtcp.picture_loss(1, 0xDEAD))
    await eventually(lambda: asked() == before + 1)
    await asyncio.sleep(0.6)
    assert asked() <= before + 2


async def test_data_channel_words_out_of_place_end_their_client_only(connect: Connect) -> None:
    other, _ = await connect()
    client, listener = await connect()
    sctp = await client.open_data()
    channel = offer(client, "_reliable")
    await eventually(lambda: channel.readyState == "open")
    await sctp._send(77, 50, b"\x02")  # an acknowledgement of a channel that nobody opened
    await listener.until(lambda events: ("disconnected", "data_malformed") in events)
    assert not client.peer.flowing
    assert other.peer.flowing
