"""Whatever happens in whatever order: the rules of a room hold after every step.

Hypothesis plays clients and server API against :class:`~tests.signaling.worlds.World`; the invariants are checked
against plain definitions, not against the room's own helpers.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from livekit.protocol import models, rtc
from livekit.protocol.room import UpdateParticipantRequest

from signaling import protocol
from signaling.media.interface import Delivery, Kind
from signaling.model import Permission, SignalState, Source
from signaling.state import Participant
from tests.signaling.worlds import Client, World

NAMES = st.sampled_from(["main", "site-01", "site-02", "wall-1"])
SOURCES = st.sampled_from(["microphone", "camera"])
PERMISSIONS = st.builds(
    Permission,
    can_subscribe=st.booleans(),
    can_publish=st.booleans(),
    can_publish_sources=st.sampled_from(
        [frozenset[Source](), frozenset({Source.CAMERA}), frozenset({Source.CAMERA, Source.MICROPHONE})]
    ),
    hidden=st.sampled_from([False, False, False, True]),
)


class RoomRules(RuleBasedStateMachine):
    clients = Bundle("clients")
    publications = Bundle("publications")

    def __init__(self) -> None:
        super().__init__()
        self.most: dict[tuple[str, Kind], int] = {}
        self.world = World()
        self.world.after_each = self.note_need  # type: ignore[method-assign]

    def here(self, client: Client) -> bool:
        return self.world.room.participant(client.sid) is not None

    @rule(target=clients, name=NAMES, auto=st.booleans(), permission=PERMISSIONS, closed=st.booleans())
    def join(self, name: str, auto: bool, permission: Permission, closed: bool) -> Any:
        attributes = {"gate.microphone": "closed"} if closed else {}
        client = self.world.join(name, auto_subscribe=auto, permission=permission, attributes=attributes)
        self.world.offer(client)
        return multiple(client)

    @rule(client=consumes(clients))
    def leave(self, client: Client) -> None:
        self.world.perform(self.world.room.left(client.sid, self.world.moment()))

    @rule(target=publications, client=clients, source=SOURCES, muted=st.booleans(), first=st.booleans())
    def publish(self, client: Client, source: str, muted: bool, first: bool) -> Any:
        if not self.here(client) or len(client.sections) > 12:
            return multiple()
        return client, self.world.publish(client, source, muted=muted, offer_first=first)

    @rule(publication=consumes(publications))
    def unpublish(self, publication: tuple[Client, str]) -> None:
        client, cid = publication
        if self.here(client):
            self.world.unpublish(client, cid)

    @rule(client=clients, index=st.integers(0, 5), on=st.booleans())
    def subscribe(self, client: Client, index: int, on: bool) -> None:
        sids = [*self.world.room.state.tracks, "TR_nothing"]
        request = rtc.UpdateSubscription(track_sids=[sids[index % len(sids)]], subscribe=on)
        self.world.perform(self.world.room.subscription(client.sid, request, self.world.moment()))

    @rule(client=clients, everybody=st.booleans(), friend=NAMES, index=st.integers(0, 3), whole=st.booleans())
    def choose_audience(self, client: Client, everybody: bool, friend: str, index: int, whole: bool) -> None:
        tracks = list(self.world.room.state.tracks) or ["TR_none"]
        entry = rtc.TrackPermission(
            participant_identity=friend, all_tracks=whole, track_sids=[tracks[index % len(tracks)]]
        )
        request = rtc.SubscriptionPermission(all_participants=everybody, track_permissions=[entry])
        self.world.perform(self.world.room.subscription_permission(client.sid, request, self.world.moment()))

    @rule(name=NAMES, source=SOURCES, value=st.sampled_from(["open", "closed", ""]))
    def gate(self, name: str, source: str, value: str) -> None:
        request = UpdateParticipantRequest(identity=name, attributes={f"gate.{source}": value})
        _, effects = self.world.room.update_participant(request, self.world.moment())
        self.world.perform(effects)

    @rule(client=clients, value=st.sampled_from(["open", "closed", ""]))
    def try_the_gate(self, client: Client, value: str) -> None:
        request = rtc.UpdateParticipantMetadata(attributes={"gate.microphone": value}, request_id=1)
        before = dict(p.attributes) if (p := self.world.room.participant(client.sid)) else {}
        self.world.perform(self.world.room.update_metadata(client.sid, request, self.world.moment()))
        assert (dict(p.attributes) if p else {}) == before

    @rule(name=NAMES, permission=PERMISSIONS)
    def permit(self, name: str, permission: Permission) -> None:
        request = UpdateParticipantRequest(identity=name)
        request.permission.CopyFrom(protocol.permission_info(permission))
        _, effects = self.world.room.update_participant(request, self.world.moment())
        self.world.perform(effects)

    @rule(index=st.integers(0, 5), muted=st.booleans(), by_server=st.booleans())
    def mute(self, index: int, muted: bool, by_server: bool) -> None:
        tracks = list(self.world.room.state.tracks.values())
        if not tracks:
            return
        track = tracks[index % len(tracks)]
        owner = self.world.room.state.participants[track.publisher]
        if by_server:
            _, effects = self.world.room.mute_by_server(owner.identity, track.sid, muted, self.world.moment())
        else:
            request = rtc.MuteTrackRequest(sid=track.sid, muted=muted)
            effects = self.world.room.mute(owner.sid, request, self.world.moment())
        self.world.perform(effects)

    @rule(client=clients, index=st.integers(0, 5))
    def stop_a_section(self, client: Client, index: int) -> None:
        """A client may stop receiving on any of its sections; it does not get the section back."""
        receiving = [s for s in client.sections if s.direction == "recvonly"]
        if self.here(client) and receiving:
            receiving[index % len(receiving)].direction = "inactive"
            self.world.offer(client)

    @rule(client=clients)
    def lose_and_resume(self, client: Client) -> None:
        if self.here(client):
            self.world.perform(self.world.room.signal_lost(client.sid, self.world.moment()))
            self.world.pass_time(1)
            self.world.perform(self.world.room.resume(client.sid, self.world.moment()))
            client.ufrag += "x"
            self.world.offer(client)

    @rule(client=clients)
    def say(self, client: Client) -> None:
        packet = models.DataPacket(user=models.UserPacket(payload=b"x"))
        self.world.perform(
            self.world.room.data(client.sid, Delivery.RELIABLE, packet.SerializeToString(), self.world.moment())
        )

    @rule(seconds=st.floats(0.01, 3))
    def wait(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    # what must hold

    def may_hear(self, p: Participant, sid: str) -> bool:
        track = self.world.room.state.tracks[sid]
        publisher = self.world.room.state.participants[track.publisher]
        audience = publisher.audience
        named = audience.tracks.get(p.identity, frozenset())
        return (
            p.permission.can_subscribe
            and publisher is not p
            and not publisher.permission.hidden
            and (audience.everybody or named is None or sid in named)
        )

    @invariant()
    def feeds_go_only_to_those_who_may_hear(self) -> None:
        for subscriber, sid in self.world.feeds:
            assert sid in self.world.room.state.tracks
            assert self.may_hear(self.world.room.state.participants[subscriber], sid)

    @invariant()
    def nothing_muted_gated_or_forbidden_is_forwarded(self) -> None:
        for sid, on in self.world.forwarding.items():
            track = self.world.room.state.tracks[sid]
            publisher = self.world.room.state.participants[track.publisher]
            source = Source(track.info.source)
            listed = publisher.permission.can_publish_sources
            permitted = publisher.permission.can_publish and (not listed or source in listed)
            assert permitted, "a forbidden source is not even published"
            closed = publisher.attributes.get(f"gate.{source.name.lower()}") == "closed"
            assert on == (not track.info.muted and not closed)

    @invariant()
    def books_agree(self) -> None:
        state = self.world.room.state
        assert set(self.world.forwarding) == set(state.tracks)
        assert sorted(sid for p in state.participants.values() for sid in p.tracks) == sorted(state.tracks)
        assert {p.identity: p.sid for p in state.participants.values()} == state.identities
        carried = {(p.sid, s.track) for p in state.participants.values() for s in p.subscriptions.values() if s.mid}
        assert carried == set(self.world.feeds)

    @invariant()
    def no_section_carries_two_tracks_and_no_track_two_sections(self) -> None:
        for p in self.world.room.state.participants.values():
            mids = [s.mid for s in p.subscriptions.values() if s.mid]
            assert len(set(mids)) == len(mids)
            answered = self.world.clients[p.sid].carried
            assert len(set(answered.values())) == len(answered)

    def note_need(self) -> None:
        """Tracks wished for, and those let go whose section still bears them."""
        state = self.world.room.state
        for p in state.participants.values():
            client = self.world.clients.get(p.sid)
            wished = {s.track: state.tracks[s.track].kind for s in p.subscriptions.values() if s.track in state.tracks}
            kinds = {s.mid: Kind(s.kind) for s in client.sections} if client else {}
            borne = {track: kinds[mid] for mid, track in client.carried.items()} if client else {}
            for kind in Kind:
                need = sum(1 for found in ({**borne, **wished}).values() if found is kind)
                self.most[p.sid, kind] = max(self.most.get((p.sid, kind), 0), need)

    @invariant()
    def sections_never_exceed_the_most_that_was_needed(self) -> None:
        for p in self.world.room.state.participants.values():
            for kind in Kind:
                assert self.world.clients[p.sid].slots(kind) <= self.most.get((p.sid, kind), 0)

    def teardown(self) -> None:
        """In the end everybody gets what it wishes for and may have, and then there is quiet."""
        self.world.pass_time(4)  # less than the time after which a lost offer is asked for again
        for p in self.world.room.state.participants.values():
            if p.signal is not SignalState.ATTACHED:
                continue
            wished = {s.track for s in p.subscriptions.values()}
            expected = {sid for sid in wished if self.may_hear(p, sid)}
            assert self.world.fed(self.world.clients[p.sid]) == expected
        offers = [client.offers for client in self.world.clients.values()]
        self.world.pass_time(10)
        assert [client.offers for client in self.world.clients.values()] == offers


RoomRules.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRoomRules = RoomRules.TestCase
