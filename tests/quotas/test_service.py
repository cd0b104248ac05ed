"""What becomes of a wish: held, charged, moved, given back; and charges that follow the meetings they are for."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db

from meetinghub.db import Database
from meetinghub.errors import NotFound, Refused
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from quotas import charge as charges
from quotas import store
from quotas.charge import Charge, Metered, State
from quotas.finding import Outcome
from quotas.policy import Action, NoMeetingDays, Quota, QuotaPeriod
from quotas.service import HELD_FOR, Answer
from quotas.wish import Wish
from tests.quotas.examples import LEADS, NOW, SEED, quota, wish
from tests.quotas.worlds import World

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def act(world: World, name: str, *arguments: object, at: datetime = NOW, **named: object) -> object:
    method = getattr(world.quotas, name)
    return world.database.write_now(lambda db: method(db, *arguments, now=at, actor="dept-03", **named))


def charge(world: World, key: str) -> Charge:
    found = world.database.read_now(store.charge_of, key)
    assert found is not None
    return found


def say(world: World, meeting: int, payload: Payload, at: datetime = NOW) -> None:
    def write(db: Db) -> None:
        ledger.append(db, [NewFact(payload)], meeting_id=meeting, at=at, actor="host")

    world.database.write_now(write)


def planned(world: World, meeting: int, own: Wish, rides: dict[int, Wish] | None = None) -> None:
    """A meeting that nobody asked for, or that stands otherwise now."""
    world.planned.meetings[meeting] = Metered(
        replace(own, meeting=meeting), {part: replace(ride, meeting=meeting) for part, ride in (rides or {}).items()}
    )
    say(world, meeting, p.MeetingPlanned("例会", own.starts_at, own.minutes))


def test_a_wish_is_held_until_it_is_decided_and_then_charged_to_its_meeting(world: World) -> None:
    number = world.in_force(quota(1))
    answer = world.ask(wish(), "request:1")
    assert (answer.assessment.outcome, answer.assessment.policy) == (Outcome.GRANTED, number)
    assert charge(world, "request:1").state is State.HELD
    act(world, "commit", "request:1", meeting=7)
    assert charge(world, "request:1") == charges.commit(answer.charge, 7)  # type: ignore[arg-type]
    act(world, "commit", "request:1", meeting=7)
    assert world.ask(wish(), "request:2").refused
    with pytest.raises(Refused, match="charged_already"):
        world.ask(wish(), "request:1")


def test_looking_holds_nothing(world: World) -> None:
    world.in_force(quota(1))
    for _ in range(2):
        found = world.database.read_now(world.quotas.look, wish(), now=NOW)
        assert found.outcome is Outcome.GRANTED
    world.ask(wish(), "request:1")
    assert world.database.read_now(world.quotas.look, wish(), now=NOW).outcome is Outcome.REFUSED
    own = world.database.read_now(world.quotas.look, wish(), now=NOW, key="request:1")
    assert own.outcome is Outcome.GRANTED


def test_what_is_given_back_can_be_asked_for_again_also_by_the_same_request(world: World) -> None:
    world.in_force(quota(1))
    world.ask(wish(), "request:1")
    act(world, "release", "request:1")
    act(world, "release", "request:1")
    act(world, "release", "request:none")
    assert not world.ask(wish(), "request:1").refused
    act(world, "release", "request:1")
    with pytest.raises(Refused, match="not_held"):
        act(world, "commit", "request:1", meeting=7)
    with pytest.raises(NotFound):
        act(world, "commit", "request:none", meeting=7)


def test_a_hold_expires_by_itself_and_its_approval_asks_the_rules_again(world: World) -> None:
    world.in_force(quota(1))
    late = wish(date(2026, 11, 20))
    world.ask(late, "request:1")
    expired = NOW + HELD_FOR
    assert world.ask(late, "request:2", expired - timedelta(seconds=1)).refused
    assert not world.ask(late, "request:2", expired).refused
    with pytest.raises(Refused, match="filled_up"):
        act(world, "commit", "request:1", meeting=7, at=expired)
    act(world, "release", "request:2", at=expired)
    act(world, "commit", "request:1", meeting=7, at=expired)
    assert charge(world, "request:1").state is State.CHARGED


def test_expired_holds_are_marked_once(world: World) -> None:
    world.in_force(quota(1))
    world.ask(wish(date(2026, 11, 20)), "request:1")
    for at, count in ((NOW, 0), (NOW + HELD_FOR, 1), (NOW + HELD_FOR, 0)):
        assert world.database.write_now(world.quotas.expire, now=at) == count
    assert charge(world, "request:1").state is State.RELEASED


def test_a_hold_never_outlasts_the_start_of_its_meeting(world: World) -> None:
    soon = wish(date(2026, 10, 9))
    held = world.ask(soon, "request:1").charge
    assert held is not None
    assert held.hold_expires_at == soon.starts_at


def test_moving_across_a_border_moves_the_charge_and_is_judged_over_there(world: World) -> None:
    world.in_force(quota(1))
    world.ask(wish(), "request:1")
    act(world, "commit", "request:1", meeting=7)
    world.ask(wish(date(2027, 1, 12)), "request:2")
    there = datetime(2027, 1, 13, 6, tzinfo=UTC)
    assert act(world, "move", "request:1", there).refused  # type: ignore[attr-defined]
    assert charge(world, "request:1").wish.day == date(2026, 10, 20)
    act(world, "release", "request:2")
    assert not act(world, "move", "request:1", there).refused  # type: ignore[attr-defined]
    moved = charge(world, "request:1")
    assert (moved.state, moved.wish.starts_at, moved.wish.meeting) == (State.CHARGED, there, 7)
    assert not world.ask(wish(), "request:3").refused


def test_a_meeting_is_judged_by_the_version_in_force_on_its_date(world: World) -> None:
    world.in_force(quota(9))
    world.in_force(quota(0), since=date(2026, 11, 1))
    assert not world.ask(wish(date(2026, 10, 31)), "request:1").refused
    assert world.ask(wish(date(2026, 11, 1)), "request:2").refused


def test_a_series_is_held_as_a_whole_or_not_at_all(world: World) -> None:
    world.in_force(quota(3))
    weekly = charges.occurrences(wish(), [wish().starts_at + 7 * DAY * number for number in range(4)])
    refused = act(world, "ask_series", weekly, key="series:1", since=NOW)
    assert isinstance(refused, list)
    assert [answer.refused for answer in refused] == [False, False, False, True]
    assert all(answer.charge is None for answer in refused)
    assert world.database.read_now(store.count) == 0
    act(world, "ask_series", weekly[:3], key="series:1", since=NOW)
    assert world.database.read_now(store.count) == 3


def test_editing_a_series_gives_back_and_asks_for_the_difference_only(world: World) -> None:
    world.in_force(quota(3))
    starts = [wish().starts_at + 7 * DAY * number for number in range(3)]
    act(world, "ask_series", charges.occurrences(wish(), starts), key="series:1", since=NOW)
    before = world.database.read_now(store.series, "series:1")
    later = [starts[1], starts[2] + DAY]
    answers = act(world, "ask_series", charges.occurrences(wish(), later), key="series:1", since=starts[1])
    assert isinstance(answers, list)
    assert [answer.charge.wish.starts_at for answer in answers if answer.charge] == [later[1]]
    after = world.database.read_now(store.series, "series:1")
    assert [each.wish.starts_at for each in after] == [starts[0], *later]
    assert [each.id for each in after[:2]] == [each.id for each in before[:2]]


def test_a_meeting_that_nobody_asked_for_is_charged_too(world: World) -> None:
    world.in_force(quota(1))
    planned(world, 7, wish(), {70: wish(department=4, own=False, minutes=10)})
    refused = world.ask(wish(), "request:1")
    assert refused.refused
    assert [row.wish.meeting for row in refused.assessment.findings[0].rows] == [7]
    parts = world.database.read_now(store.parts_of, 7)
    assert [(part.segment, part.charge.wish.own, part.charge.wish.minutes) for part in parts] == [
        (None, True, 60),
        (70, False, 10),
    ]


def test_a_meeting_that_is_put_off_or_cancelled_takes_its_charges_along(world: World) -> None:
    world.in_force(quota(1))
    world.ask(wish(exempt="statutory"), "request:1")
    act(world, "commit", "request:1", meeting=7)
    moved = replace(wish(), starts_at=datetime(2027, 1, 12, 6, tzinfo=UTC), minutes=45)
    planned(world, 7, moved, {70: replace(moved, department=4, own=False, calls=())})
    assert not world.ask(wish(), "request:2").refused
    own = charge(world, "request:1")
    assert (own.wish.day, own.wish.minutes, own.wish.exempt) == (date(2027, 1, 12), 45, "statutory")
    world.planned.meetings.clear()
    say(world, 7, p.MeetingCancelled("改期另行通知"))
    world.database.write_now(world.quotas.settle, now=NOW, most=10)
    assert world.database.read_now(store.parts_of, 7) == []
    assert charge(world, "request:1").state is State.RELEASED
    assert world.database.write_now(world.quotas.settle, now=NOW, most=10) == 0


def test_the_meeting_of_a_request_is_not_charged_a_second_time(world: World) -> None:
    world.in_force(quota(2))
    world.ask(wish(), "request:1")
    act(world, "commit", "request:1", meeting=7)
    planned(world, 7, wish())
    assert not world.ask(wish(), "request:2").refused
    assert world.database.read_now(store.count) == 2


def test_a_meeting_planned_in_the_transaction_that_charges_it_is_charged_once(world: World) -> None:
    world.in_force(quota(2))
    world.ask(wish(), "request:1")
    world.planned.meetings[7] = Metered(replace(wish(), meeting=7, title="点位调整"), {})

    def approve(db: Db) -> None:
        said = p.MeetingPlanned("点位调整", wish().starts_at, wish().minutes)
        ledger.append(db, [NewFact(said)], meeting_id=7, at=NOW, actor="coordinator")
        world.quotas.commit(db, "request:1", meeting=7, now=NOW, actor="coordinator")

    world.database.write_now(approve)
    (part,) = world.database.read_now(store.parts_of, 7)
    assert part.charge == charge(world, "request:1")
    assert part.charge.state is State.CHARGED
    assert all(decision.assessment.outcome == written for decision, written in world.replayed())


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "ask", "commit", "release", "move", "plan", "cancel", "policy", "wait"]),
        st.integers(1, 5),
        st.integers(9, 100),
        st.sampled_from([("line_worker",), LEADS]),
    ),
    max_size=25,
)


@given(ACTS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_replaying_the_log_of_live_decisions_gives_the_live_decisions(
    sqlite_template: object, tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int, int, tuple[str, ...]]]
) -> None:
    path = tmp_path_factory.mktemp("replay") / "replay.sqlite"
    shutil.copy(str(sqlite_template), path)
    database = Database(f"sqlite:///{path}")
    world, now = World(database), NOW
    world.in_force(*SEED)
    for name, number, distance, roles in acts:
        now += timedelta(hours=distance)
        asked = replace(wish(roles=roles, department=number % 3 + 1), starts_at=NOW + distance * DAY)
        try:
            match name:
                case "ask":
                    world.ask(asked, f"request:{number}", now)
                case "commit":
                    act(world, "commit", f"request:{number}", meeting=number, at=now)
                case "release":
                    act(world, "release", f"request:{number}", at=now)
                case "move":
                    act(world, "move", f"request:{number}", asked.starts_at, at=now)
                case "plan":
                    planned(world, number, asked)
                case "cancel":
                    world.planned.meetings.pop(number, None)
                    say(world, number, p.MeetingCancelled("取消"), now)
                case "policy":
                    world.in_force(quota(number), *SEED[:3], since=asked.day, at=now)
                case _:
                    now += 10 * DAY
                    world.database.write_now(world.quotas.expire, now=now)
        except (Refused, NotFound):
            continue
    for decision, written in world.replayed():
        assert decision.assessment.outcome == written
    database.close()


starts = st.lists(st.integers(0, 200), min_size=1, max_size=8, unique=True).map(
    lambda days: [wish().starts_at + DAY * number for number in sorted(days)]
)


@given(starts, st.integers(0, 4), st.sampled_from(QuotaPeriod))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_series_costs_what_its_meetings_cost_one_by_one_in_whatever_months_and_quarters(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, moments: list[datetime], limit: int,
    period: QuotaPeriod,
) -> None:  # fmt: skip
    worlds = []
    for _ in range(2):
        path = tmp_path_factory.mktemp("series") / "one.sqlite"
        shutil.copy(sqlite_template, path)
        worlds.append(World(Database(f"sqlite:///{path}")))
        worlds[-1].in_force(Quota("q", period=period, limit=limit, action=Action.APPROVAL))
    whole, single = worlds
    wishes = charges.occurrences(wish(), moments)
    looked = whole.database.read_now(whole.quotas.look_series, wishes, key="series:1", now=NOW)
    answers = act(whole, "ask_series", wishes, key="series:1", since=moments[0])
    assert isinstance(answers, list)
    assert [each.assessment.outcome for each in answers] == [each.outcome for each in looked]
    alone = [single.ask(each, f"request:{number}") for number, each in enumerate(wishes)]
    assert [each.assessment.outcome for each in alone] == [each.outcome for each in looked]
    assert [each.wish for each in whole.database.read_now(store.series, "series:1")] == list(wishes)
    assert all(decision.assessment.outcome == outcome for decision, outcome in whole.replayed())
    for each in worlds:
        each.database.close()


def rescheduled(world: World, **wanted: object) -> list[Answer]:
    answers = act(world, "reschedule", "series:1", **wanted)  # type: ignore[arg-type]
    assert isinstance(answers, list)
    return answers


def a_series(world: World, count: int) -> list[datetime]:
    """Weekly, planned as meetings 1, 2, 3 …"""
    moments = [wish().starts_at + 7 * DAY * number for number in range(count)]
    act(world, "ask_series", charges.occurrences(wish(), moments), key="series:1", since=moments[0])
    keys = {charges.key_of("series:1", moment): number for number, moment in enumerate(moments, start=1)}
    act(world, "commit_all", keys)
    return moments


def held(world: World) -> dict[int | None, datetime]:
    return {each.wish.meeting: each.wish.starts_at for each in world.database.read_now(store.series, "series:1")}


def test_a_whole_series_moves_on_by_one_place_without_standing_in_its_own_way(world: World) -> None:
    world.in_force(Quota("q", period=QuotaPeriod.MONTH, limit=2, action=Action.BLOCK))
    moments = a_series(world, 2)  # 20 and 27 October
    moved = {1: moments[1], 2: moments[1] + 7 * DAY}
    assert [each.refused for each in rescheduled(world, moved=moved)] == [False, False]
    assert held(world) == moved
    assert all(decision.assessment.outcome == outcome for decision, outcome in world.replayed())


def test_one_that_cannot_move_keeps_all_where_they_are(world: World) -> None:
    world.in_force(Quota("q", period=QuotaPeriod.MONTH, limit=2, action=Action.BLOCK))
    moments = a_series(world, 2)
    before = world.database.read_now(store.series, "series:1")
    third = replace(wish(), starts_at=moments[0] + DAY)
    refused = rescheduled(world, moved={2: moments[1] - DAY}, added=[third])
    assert [each.refused for each in refused] == [False, True]
    assert world.database.read_now(store.series, "series:1") == before


def test_what_comes_to_a_series_never_takes_the_place_of_one_that_went(world: World) -> None:
    world.in_force(quota(9))
    moments = a_series(world, 2)
    rescheduled(world, moved={1: moments[0] + DAY}, dropped=[2])
    (answer,) = rescheduled(world, moved={}, added=[replace(wish(), starts_at=moments[0])])
    assert answer.key != charges.key_of("series:1", moments[0])
    act(world, "commit_all", {answer.key: 3})
    assert held(world) == {1: moments[0] + DAY, 3: moments[0]}


def test_the_next_day_with_meetings_is_neither_off_nor_forbidden(world: World) -> None:
    world.in_force(NoMeetingDays("d", weekdays=(1, 2), days_off=False))
    friday = date(2026, 10, 23)
    assert world.database.read_now(world.quotas.next_day, friday) == date(2026, 10, 28)
