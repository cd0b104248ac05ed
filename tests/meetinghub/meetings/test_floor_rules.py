"""Any acts of two consoles and 33 sites, in any order: what always holds."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from meetinghub.errors import Error
from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact, Payload
from meetinghub.meetings import course as acts
from meetinghub.meetings import floor
from meetinghub.meetings.fold import UNDOABLE, apply, fold
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.live import LiveState, open_microphones
from tests.meetinghub.meetings.examples import SITES, Course

SITE = st.sampled_from(SITES[:5] + SITES[18:22])  # few enough to meet one another; the last two are not connected
CONSOLE = st.sampled_from(["chair", "operator"])


class Meeting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.course = Course()
        self.stack: list[LiveState] = []  # the state before each act that can be undone

    def act(self, decide: object, by: str) -> None:
        assert callable(decide)
        before = self.course.state
        try:
            decision: tuple[Payload, ...] = decide(before)
        except Error:
            assert self.course.state is before
            return
        if not decision:
            return
        self.course.write(*decision, actor=by)
        if len(self.course.state.undo) and self.course.state.undo[0].number == self.course.state.revision:
            self.stack = [before, *self.stack][:UNDOABLE]

    @initialize()
    def begin(self) -> None:
        self.course.write(p.MeetingStarted(), p.SegmentStarted(11))
        self.course.join(*SITES[:20], "main")

    @rule(seconds=st.floats(0, 5))
    def time_passes(self, seconds: float) -> None:
        self.course.wait(seconds=seconds)

    @rule(site=SITE)
    def joins(self, site: str) -> None:
        self.course.join(site)

    @rule(site=SITE)
    def drops(self, site: str) -> None:
        before = self.course.state
        self.course.leave(site)
        now = self.course.state
        assert (now.floor, now.hands, now.broadcast) == (before.floor, before.hands, before.broadcast)

    @rule(site=SITE, by=CONSOLE)
    def is_called_on(self, site: str, by: str) -> None:
        self.act(lambda state: floor.call_on(state, site, self.course.now), by)

    @rule(by=CONSOLE)
    def is_released(self, by: str) -> None:
        self.act(floor.release, by)

    @rule(site=SITE, later=st.booleans())
    def gives_back(self, site: str, later: bool) -> None:
        self.act(lambda state: floor.give_back(state, site, later=later), site)

    @precondition(lambda self: self.course.state.floor is not None)
    @rule(later=st.booleans())
    def holder_gives_back(self, later: bool) -> None:
        holder = self.course.state.floor
        assert holder
        self.act(lambda state: floor.give_back(state, holder.site, later=later), holder.site)

    @rule(by=CONSOLE)
    def mutes_all(self, by: str) -> None:
        self.act(floor.mute_all, by)
        assert self.course.state.floor is None or self.course.state.state is not State.LIVE

    @rule(site=SITE, by=CONSOLE)
    def is_broadcast(self, site: str, by: str) -> None:
        self.act(lambda state: floor.broadcast(state, site), by)

    @rule(by=CONSOLE)
    def stops_broadcast(self, by: str) -> None:
        self.act(floor.stop_broadcast, by)

    @rule(site=SITE, topic=st.text(max_size=80))
    def raises(self, site: str, topic: str) -> None:
        self.act(lambda state: floor.raise_hand(state, site, topic), site)

    @rule(site=SITE, by_chair=st.booleans())
    def lowers(self, site: str, by_chair: bool) -> None:
        self.act(lambda state: floor.lower_hand(state, site, by_chair=by_chair), site)

    @rule(by=CONSOLE)
    def lowers_all(self, by: str) -> None:
        self.act(floor.lower_all_hands, by)

    @rule(by=CONSOLE, minutes=st.integers(-1, 70))
    def grants(self, by: str, minutes: int) -> None:
        self.act(lambda state: acts.grant(state, minutes), by)

    @rule(by=CONSOLE)
    def moves_on(self, by: str) -> None:
        self.act(acts.next_segment, by)

    @rule(by=CONSOLE)
    def warns(self, by: str) -> None:
        self.act(acts.warn, by)

    @rule(seconds=st.integers(-1, 11), by=CONSOLE)
    def sets_count_in(self, seconds: int, by: str) -> None:
        self.act(lambda state: floor.set_count_in(state, seconds), by)

    @rule(by=CONSOLE)
    def undoes(self, by: str) -> None:
        before = self.course.state
        if not before.undo:
            self.act(floor.undo, by)
            return
        self.course.write(*floor.undo(before), actor=by)
        then, now = self.stack.pop(0), self.course.state
        assert now.floor == then.floor
        assert now.broadcast == then.broadcast
        assert [(r.segment, r.granted, r.started_at, r.ended_at) for r in now.agenda] == [
            (r.segment, r.granted, r.started_at, r.ended_at) for r in then.agenda
        ]
        act = before.undo[0]
        assert set(act.hands) <= set(now.hands) | {h for h in act.hands if then.floor and h.site == then.floor.site}
        others = {h.number for h in now.hands} - {h.number for h in act.hands}
        assert others <= {h.number for h in before.hands}

    @precondition(lambda self: self.course.state.floor is not None)
    @rule()
    def undoing_at_once_restores_exactly(self) -> None:
        for site in SITES[:3]:
            before = self.course.state
            try:
                decision = floor.call_on(before, site, self.course.now)
            except Error:
                continue
            if decision:
                called = apply(before, fact_to_come(self.course, decision[0]))
                undone = apply(called, fact_to_come(self.course, floor.undo(called)[0], ahead=2))
                assert (undone.floor, undone.hands, undone.broadcast, undone.agenda, undone.undo) == (
                    before.floor,
                    before.hands,
                    before.broadcast,
                    before.agenda,
                    before.undo[: UNDOABLE - 1],
                )

    @invariant()
    def hands_are_in_order_and_one_per_site(self) -> None:
        hands = self.course.state.hands
        assert [h.number for h in hands] == sorted(h.number for h in hands)
        assert len({h.site for h in hands}) == len(hands)

    @invariant()
    def the_holder_has_no_hand_up(self) -> None:
        state = self.course.state
        assert state.floor is None or state.hand(state.floor.site) is None

    @invariant()
    def only_the_holder_can_be_heard_and_only_after_its_count_in(self) -> None:
        state, now = self.course.state, self.course.now
        heard = open_microphones(state, now)
        assert len(heard) <= 1
        if heard:
            assert state.floor
            assert heard == {state.floor.site}
            assert now >= state.floor.opens_at
        if state.floor:
            assert not open_microphones(state, state.floor.opens_at - timedelta(microseconds=1))
            assert open_microphones(state, state.floor.opens_at) == {state.floor.site}

    @invariant()
    def one_item_is_under_way(self) -> None:
        states = [run.state for run in self.course.state.agenda]
        assert states.count("current") <= 1
        assert states == sorted(states, key=["done", "current", "waiting"].index)

    @invariant()
    def at_most_two_are_prepared_and_they_wait_in_line(self) -> None:
        state = self.course.state
        assert len(state.up_next()) <= 2
        assert set(state.up_next()) <= {h.site for h in state.hands}

    def teardown(self) -> None:
        facts = self.course.facts
        assert fold(self.course.first, facts) == self.course.state
        middle = len(facts) // 2
        assert fold(fold(self.course.first, facts[:middle]), facts[middle:]) == self.course.state


def fact_to_come(course: Course, payload: Payload, ahead: int = 1) -> Fact:
    return Fact(len(course.facts) + ahead, 1, course.now, "chair", payload)


TestMeeting = Meeting.TestCase
TestMeeting.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
