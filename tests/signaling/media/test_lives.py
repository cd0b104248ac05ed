"""Tracks, peers and connections over their life: closing, silence, ICE restarts, new addresses, backlogs."""

from __future__ import annotations

import asyncio
import gc

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from meetinghub.settling import settle_memory
from signaling.media import ice, rtcp
from signaling.media.engine import MediaEngine, open_engine
from signaling.media.interface import Delivery, Downlink
from signaling.media.metrics import MediaCollector
from tests.signaling.media.client import Listener, eventually
from tests.signaling.media.conftest import Connect
from tests.signaling.media.test_engine import (
    CAMERA,
    MICROPHONE,
    OPUS,
    RECEIVED_EXTENSIONS,
    VP8,
    body,
    microphone,
)


async def test_closing_a_track_closes_its_feeds_and_closing_a_peer_its_tracks(
    connect: Connect, engine: MediaEngine
) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    first = publisher.peer.publish(CAMERA, Listener())
    second = publisher.peer.publish(MICROPHONE, Listener())
    feeds = [
        subscriber.peer.subscribe(first, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener()),
        subscriber.peer.subscribe(second, Downlink("8", OPUS, RECEIVED_EXTENSIONS), Listener()),
    ]
    first.close()
    first.close()
    assert [feed.closed for feed in feeds] == [True, False]
    await publisher.peer.close()
    await publisher.peer.close()
    assert second.closed
    assert feeds[1].closed
    assert publisher.peer not in engine.peers
    assert not subscriber.peer.feeds


async def test_a_silent_client_is_reported_and_comes_back(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, engine: MediaEngine
) -> None:
    monkeypatch.setattr(ice, "CONSENT_SECONDS", 0.2)
    client, listener = await connect()
    await listener.until(lambda events: events[-1] == ("disconnected", "consent_expired"))
    sent = engine.port.sent
    client.peer.send_rtcp(rtcp.picture_loss(1, 2))
    assert engine.port.sent == sent
    assert await client.check()
    await listener.until(lambda events: events[-1] == ("connected",))


async def test_an_ice_restart_keeps_keys_and_streams(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    source.send(b"before")
    await eventually(lambda: len(subscriber.rtp) == 1)
    old = subscriber.peer.ufrag
    subscriber.announce()
    assert subscriber.peer.ufrag == old
    subscriber.ufrag = "restarted"
    subscriber.announce()
    assert subscriber.peer.ufrag != old
    assert await subscriber.check()
    source.send(b"after")
    await eventually(lambda: len(subscriber.rtp) == 2)


async def test_packets_follow_a_client_to_its_new_address(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    source.send(b"before")
    await eventually(lambda: len(subscriber.rtp) == 1)
    abandoned = subscriber.transport
    await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: subscriber, remote_addr=("127.0.0.1", subscriber.engine.udp_port)
    )
    assert await subscriber.check(nominate=False)
    assert subscriber.peer.flowing
    abandoned.close()
    assert await subscriber.check()
    source.send(b"after")
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert body(subscriber.rtp[1]) == b"after"


async def test_a_lossy_message_without_its_channel_is_dropped_and_a_huge_one_too(connect: Connect) -> None:
    client, _ = await connect()
    client.peer.send_data(Delivery.LOSSY, b"nobody listens")
    client.peer.send_data(Delivery.RELIABLE, bytes(300_000))
    assert client.peer.flowing


async def test_a_reliable_backlog_without_end_ends_the_client(connect: Connect) -> None:
    client, listener = await connect()
    for _ in range(21):
        client.peer.send_data(Delivery.RELIABLE, bytes(200_000))
    await listener.until(lambda events: events[-1] == ("disconnected", "data_backlog"))
    assert not client.peer.flowing


async def test_metrics_are_read_from_the_counters(connect: Connect, engine: MediaEngine) -> None:
    registry = CollectorRegistry()
    registry.register(MediaCollector(engine))
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    microphone(publisher).send(b"x")
    await eventually(lambda: len(subscriber.rtp) == 1)
    text = generate_latest(registry).decode()
    assert "meetinghub_media_peers 2.0" in text
    assert "meetinghub_media_feeds_running 1.0" in text
    assert "meetinghub_media_packets_forwarded_total 1.0" in text
    assert 'meetinghub_media_forward_latency_seconds_bucket{le="+Inf"} 1.0' in text
    assert 'meetinghub_media_packets_dropped_total{reason="auth"} 0.0' in text


async def test_ipv6_clients_are_served_and_all_addresses_are_announced() -> None:
    engine = await open_engine("::1", 0)
    assert engine.candidates[0].split()[4] == "::1"
    await engine.close()
    engine = await open_engine("0.0.0.0", 0, public_ip="203.0.113.9")
    assert engine.candidates[0].split()[4] == "203.0.113.9"
    assert len(engine.candidates) >= 2
    await engine.close()


def test_memory_can_be_settled() -> None:
    settle_memory()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
