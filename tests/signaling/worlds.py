"""A room with clients that behave: they answer a wish for sections with an offer, as livekit-client does."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from livekit.protocol import models, rtc

from signaling import effects
from signaling.answer import Use
from signaling.effects import Effect
from signaling.media.interface import Kind
from signaling.model import Grants, Limits, Permission, RoomInfo, Settings, WebhookEvent
from signaling.room import Room
from signaling.sdp import Scanner
from signaling.state import Moment, Participant
from tests.signaling import offers

SOURCES = {"microphone": (models.TrackType.AUDIO, 2), "camera": (models.TrackType.VIDEO, 1)}


@dataclass
class Client:
    sid: str
    scanner: Scanner = field(default_factory=Scanner)
    sections: list[offers.Media] = field(default_factory=list)
    received: list[rtc.SignalResponse] = field(default_factory=list)
    carried: dict[str, str] = field(default_factory=dict)  # mid → track, as last answered
    offers: int = 0
    ufrag: str = "abcd"
    hung_up: bool = False
    deaf: bool = False  # answers are lost on it

    def messages(self, kind: str) -> list[rtc.SignalResponse]:
        return [m for m in self.received if m.WhichOneof("message") == kind]

    def slots(self, kind: Kind) -> int:
        return sum(1 for s in self.sections if s.kind == kind.value and s.direction == "recvonly")


class World:
    """Performs a room's effects on simple books: who is fed what, what is forwarded, who was told what."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.now = 100.0
        self.limits = limits or Limits()
        info = RoomInfo(name="room", sid="RM_1", empty_timeout=300, departure_timeout=20)
        self.room = Room(info, self.limits, self.moment())
        self.clients: dict[str, Client] = {}
        self.feeds: dict[tuple[str, str], Settings] = {}
        self.forwarding: dict[str, bool] = {}
        self.uplinks: dict[str, effects.OpenTrack] = {}
        self.events: list[WebhookEvent] = []
        self.data: dict[str, list[bytes]] = defaultdict(list)
        self.plans: dict[str, effects.SendAnswer] = {}
        self.closed_peers: set[str] = set()
        self.finished = False
        self.perform(self.room.opened(self.moment()))

    def moment(self) -> Moment:
        return Moment(self.now, int(1_800_000_000_000 + self.now * 1000))

    # clients

    def join(self, identity: str, *, auto_subscribe: bool = True, slots: int = 0, **values: object) -> Client:
        permission = values.pop("permission", Permission())
        assert isinstance(permission, Permission)
        attributes = values.pop("attributes", {})
        assert isinstance(attributes, dict)
        issued_at = values.pop("issued_at", 0)
        assert isinstance(issued_at, int)
        grants = Grants(
            identity, "room", room_join=True, permission=permission, attributes=attributes, issued_at=issued_at
        )
        sid, wanted = self.room.join(grants, self.moment(), auto_subscribe=auto_subscribe, **values)  # type: ignore[arg-type]
        client = self.clients[sid] = Client(sid)
        for number in range(slots):
            client.sections.append(offers.Media("audio", f"a{number}"))
            client.sections.append(offers.Media("video", f"v{number}"))
        self.perform(wanted)
        self.perform(self.room.media_connected(sid, self.moment()))
        return client

    def offer(self, client: Client) -> None:
        client.offers += 1
        text = offers.write(client.sections, ufrag=client.ufrag)
        self.perform(self.room.offer(client.sid, client.offers, client.scanner.scan(text), self.moment()))

    def publish(self, client: Client, source: str, *, muted: bool = False, offer_first: bool = False) -> str:
        """The new track's cid; announcement and offer in either order."""
        kind, number = SOURCES[source]
        cid = f"cid-{client.sid}-{len(client.sections)}-{source}"
        section = offers.Media(
            "audio" if kind == models.TrackType.AUDIO else "video", f"p{len(client.sections)}", "sendonly", cid
        )
        client.sections.append(section)
        if offer_first:
            self.offer(client)
        request = rtc.AddTrackRequest(cid=cid, type=kind, source=number, muted=muted, name=source)  # type: ignore[arg-type]
        self.perform(self.room.add_track(client.sid, request, self.moment()))
        if not offer_first:
            self.offer(client)
        return cid

    def unpublish(self, client: Client, cid: str) -> None:
        for section in client.sections:
            if section.track == cid:
                section.direction, section.track = "inactive", ""
        self.offer(client)

    # time

    def pass_time(self, seconds: float) -> None:
        """Ticks exactly when the room asks for it, clients answering in between."""
        end = self.now + seconds
        while (due := self.room.deadline()) is not None and due <= end and not self.finished:
            self.now = max(self.now, due)
            self.perform(self.room.tick(self.moment()))
        self.now = end

    # effects

    def perform(self, wanted: list[Effect]) -> None:
        asked: list[tuple[Client, rtc.MediaSectionsRequirement]] = []
        for effect in wanted:
            self._perform(effect, asked)
        self.after_each()
        for client, requirement in asked:
            base = len(client.sections)
            client.sections += [offers.Media("audio", f"n{base + i}") for i in range(requirement.num_audios)]
            base = len(client.sections)
            client.sections += [offers.Media("video", f"n{base + i}") for i in range(requirement.num_videos)]
            self.offer(client)

    def after_each(self) -> None:
        """For tests that watch every step."""

    def _perform(self, effect: Effect, asked: list[tuple[Client, rtc.MediaSectionsRequirement]]) -> None:
        match effect:
            case effects.Send():
                for sid in effect.to:
                    message = rtc.SignalResponse.FromString(effect.message)
                    client = self.clients.get(sid)
                    if client is not None:
                        client.received.append(message)
                        if message.HasField("media_sections_requirement"):
                            asked.append((client, message.media_sections_requirement))
            case effects.SendAnswer():
                self.plans[effect.participant] = effect
                if not self.clients[effect.participant].deaf:
                    self._apply(self.clients[effect.participant], effect)
            case effects.OpenTrack():
                assert effect.track not in self.forwarding
                self.forwarding[effect.track] = effect.forwarding
                self.uplinks[effect.track] = effect
            case effects.SetForwarding():
                assert effect.track in self.forwarding
                self.forwarding[effect.track] = effect.on
            case effects.CloseTrack():
                del self.forwarding[effect.track]
                assert not any(track == effect.track for _, track in self.feeds), "feeds close before their track"
            case effects.OpenFeed():
                assert (effect.subscriber, effect.track) not in self.feeds
                self.feeds[effect.subscriber, effect.track] = effect.settings
            case effects.ConfigureFeed():
                self.feeds[effect.subscriber, effect.track] = effect.settings
            case effects.CloseFeed():
                del self.feeds[effect.subscriber, effect.track]
            case effects.ClosePeer():
                self.closed_peers.add(effect.participant)
                for key in [key for key in self.feeds if key[0] == effect.participant]:
                    del self.feeds[key]
            case effects.HangUp():
                self.clients[effect.participant].hung_up = True
            case effects.SendData():
                for sid in effect.to:
                    self.data[sid].append(effect.payload)
            case effects.Notify():
                self.events.append(effect.event)
            case effects.Finished():
                self.finished = True

    def _apply(self, client: Client, answered: effects.SendAnswer) -> None:
        """As libwebrtc does: every section lets go of its SSRCs and takes its new ones before the next is looked at.
        Stricter than it where a track moves to a later section: that must not happen either."""
        sent = {a.section.mid: a.track for a in answered.plan if a.use is Use.SENT}
        held = {track: mid for mid, track in client.carried.items()}
        assert len(set(sent.values())) == len(sent), "one track on two sections"
        for mid, track in sent.items():
            assert held.get(track, mid) == mid, "a track moves within one answer"
            assert client.carried.get(mid, track) == track, "a section changes its track without being switched off"
        client.carried = sent

    # questions

    def participant(self, client: Client) -> Participant:
        p = self.room.participant(client.sid)
        assert p is not None
        return p

    def track(self, cid: str) -> str:
        """The sid of a published track."""
        for track in self.room.state.tracks.values():
            if track.info.codecs[0].cid == cid:
                return track.sid
        raise LookupError(cid)

    def fed(self, client: Client) -> set[str]:
        return {track for sid, track in self.feeds if sid == client.sid}
