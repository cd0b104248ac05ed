"""Tracks let go and taken again in any order: every answer is one that libwebrtc can apply to what it has.

``World`` checks each answer when the client takes it in: no track on two sections, none that moves from one section to
another within one answer, and no section that changes its track without having been switched off.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from livekit.protocol import models, rtc

from signaling.answer import Use
from signaling.media.interface import Kind
from tests.signaling.worlds import Client, World

SOURCES = ("microphone", "camera")


def turn(world: World, client: Client, sids: list[str], on: bool) -> None:
    request = rtc.UpdateSubscription(track_sids=sids, subscribe=on)
    world.perform(world.room.subscription(client.sid, request, world.moment()))


class NegotiationRules(RuleBasedStateMachine):
    """One subscriber of up to eight tracks."""

    def __init__(self) -> None:
        super().__init__()
        self.most: dict[Kind, int] = dict.fromkeys(Kind, 0)
        self.stopped: dict[Kind, int] = dict.fromkeys(Kind, 0)
        self.world = World()
        self.publishers = [self.world.join(f"p{n}", auto_subscribe=False) for n in range(3)]
        self.published = [(p, self.world.publish(p, source)) for p in self.publishers for source in SOURCES]
        self.site = self.world.join("site-01")
        self.world.after_each = self.note_need  # type: ignore[method-assign]
        self.world.offer(self.site)

    @property
    def tracks(self) -> list[str]:
        return list(self.world.room.state.tracks)

    @rule(mask=st.integers(1, 255), on=st.booleans())
    def turn(self, mask: int, on: bool) -> None:
        turn(self.world, self.site, [sid for n, sid in enumerate(self.tracks) if mask >> n & 1], on)

    @rule(seconds=st.sampled_from([0.001, 0.021, 0.1, 0.25, 2.1]))
    def wait(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule()
    def offer_unasked(self) -> None:
        self.world.offer(self.site)

    @rule(publisher=st.integers(0, 2), source=st.sampled_from(SOURCES))
    def publish(self, publisher: int, source: str) -> None:
        client = self.publishers[publisher]
        if len(self.published) < 8 and len(client.sections) < 8:
            self.published.append((client, self.world.publish(client, source)))

    @rule(index=st.integers(0, 7))
    def unpublish(self, index: int) -> None:
        if self.published:
            self.world.unpublish(*self.published.pop(index % len(self.published)))

    @rule(can=st.booleans())
    def permit(self, can: bool) -> None:
        permission = rtc.SubscriptionPermission(all_participants=can)
        publisher = self.publishers[0].sid
        self.world.perform(self.world.room.subscription_permission(publisher, permission, self.world.moment()))

    @rule(index=st.integers(0, 5))
    def stop_a_section(self, index: int) -> None:
        receiving = [s for s in self.site.sections if s.direction == "recvonly"]
        if receiving:
            section = receiving[index % len(receiving)]
            section.direction = "inactive"
            self.stopped[Kind(section.kind)] += 1
            self.world.offer(self.site)

    @rule(seconds=st.sampled_from([0.0, 0.5]), mask=st.integers(0, 255), on=st.booleans())
    def lose_an_answer(self, seconds: float, mask: int, on: bool) -> None:
        """The socket breaks with an answer on it; the client resumes with what it had and offers again."""
        self.site.deaf = True
        self.world.offer(self.site)
        self.world.perform(self.world.room.signal_lost(self.site.sid, self.world.moment()))
        self.world.pass_time(seconds)
        self.world.perform(self.world.room.resume(self.site.sid, self.world.moment()))
        turn(self.world, self.site, [sid for n, sid in enumerate(self.tracks) if mask >> n & 1], on)
        self.site.deaf = False
        self.world.offer(self.site)

    def note_need(self) -> None:
        """Tracks wished for, and those let go whose section still bears them."""
        p = self.world.participant(self.site)
        tracks = self.world.room.state.tracks
        kinds = {s.mid: Kind(s.kind) for s in self.site.sections}
        needed = {track: kinds[mid] for mid, track in self.site.carried.items()}
        needed |= {sid: tracks[sid].kind for sid in p.subscriptions if sid in tracks}
        for kind in Kind:
            self.most[kind] = max(self.most[kind], sum(1 for found in needed.values() if found is kind))

    @invariant()
    def sections_never_exceed_the_most_that_was_needed(self) -> None:
        for kind in Kind:
            assert self.site.slots(kind) <= self.most[kind]

    def teardown(self) -> None:
        """In the end everything wished for is sent, on sections the client knows of; everything else is off."""
        self.world.pass_time(4)
        p, state = self.world.participant(self.site), self.world.room.state
        wished = {sid for sid in p.subscriptions if state.participants[state.tracks[sid].publisher].audience.everybody}
        assert self.world.fed(self.site) == wished == set(self.site.carried.values())
        assert {mid: s.track for mid, s in p.slots.items() if s.track} == self.site.carried


NegotiationRules.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestNegotiationRules = NegotiationRules.TestCase


class TestTakingBack:
    def test_a_track_taken_again_in_time_goes_on_where_it_was_without_an_offer(self) -> None:
        world = World()
        main, site = world.join("main"), world.join("site-01")
        world.offer(site)
        sids = [world.track(world.publish(main, source)) for source in SOURCES]
        world.pass_time(5)
        offers, carried = site.offers, dict(site.carried)
        for _ in range(5):
            turn(world, site, sids, False)
            assert not world.fed(site)
            world.pass_time(1)
            turn(world, site, sids[::-1], True)
            world.pass_time(0.2)
            assert world.fed(site) == set(sids)
        world.pass_time(5)
        assert (site.offers, site.carried) == (offers, carried)

    def test_what_the_client_wished_of_it_still_stands(self) -> None:
        """It has had no reason to say it again."""
        world = World()
        main, site = world.join("main"), world.join("site-01")
        world.offer(site)
        sid = world.track(world.publish(main, "camera"))
        world.pass_time(1)
        for when, width in ((True, 320), (False, 640)):
            request = rtc.UpdateTrackSettings(track_sids=[sid], width=width, quality=models.VideoQuality.LOW)
            turn(world, site, [sid], when)
            world.perform(world.room.track_setting(site.sid, request))
        turn(world, site, [sid], True)
        world.pass_time(1)
        assert world.feeds[site.sid, sid].width == 640

    def test_after_its_section_was_switched_off_it_comes_anew(self) -> None:
        world = World()
        main, site = world.join("main"), world.join("site-01")
        world.offer(site)
        sid = world.track(world.publish(main, "camera"))
        world.pass_time(1)
        turn(world, site, [sid], False)
        world.pass_time(3)
        assert [a.use for a in world.plans[site.sid].plan if a.section.kind] == [Use.OFF]
        turn(world, site, [sid], True)
        world.pass_time(1)
        assert world.fed(site) == set(site.carried.values()) == {sid}
        assert site.slots(Kind.VIDEO) == 1

    def test_a_track_whose_section_the_client_stops_waits_for_the_next_answer(self) -> None:
        world = World()
        main, site = world.join("main"), world.join("site-01", slots=2)
        world.offer(site)
        sid = world.track(world.publish(main, "camera"))
        world.pass_time(1)
        next(s for s in site.sections if s.mid in site.carried).direction = "inactive"
        world.offer(site)
        assert not world.fed(site)
        world.pass_time(1)
        assert world.fed(site) == {sid}
