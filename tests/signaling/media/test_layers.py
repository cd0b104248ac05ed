from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.media.interface import Encoding, Quality
from signaling.media.layers import Demand, allocate, covering, least, nearest

LAYERS = (
    Encoding("q", Quality.LOW, 320, 180, 150_000),
    Encoding("h", Quality.MEDIUM, 640, 360, 500_000),
    Encoding("f", Quality.HIGH, 1280, 720, 1_700_000),
)
COSTS = {Quality.LOW: 150e3, Quality.MEDIUM: 500e3, Quality.HIGH: 1700e3}
REAL = st.sampled_from([Quality.LOW, Quality.MEDIUM, Quality.HIGH])


def test_the_smallest_layer_that_fills_the_tile_is_chosen() -> None:
    assert covering(LAYERS, 320, 180) is Quality.LOW
    assert covering(LAYERS, 330, 186) is Quality.LOW  # a little stretch is not seen
    assert covering(LAYERS, 640, 480) is Quality.MEDIUM  # shown whole, its width decides
    assert covering(LAYERS, 1900, 1000) is Quality.HIGH
    assert covering((), 100, 100) is Quality.HIGH


def test_the_nearest_layer_is_below_what_was_asked_for_when_there_is_one() -> None:
    assert nearest([Quality.HIGH, Quality.LOW], Quality.MEDIUM) is Quality.LOW
    assert nearest([Quality.HIGH], Quality.LOW) is Quality.HIGH
    assert nearest([], Quality.LOW) is None


@given(st.lists(REAL, max_size=8))
def test_without_a_limit_everybody_gets_what_was_asked_for(wanted: list[Quality]) -> None:
    demands = [Demand(i, quality, COSTS) for i, quality in enumerate(wanted)]
    result = allocate(demands, None)
    assert dict(result.ceilings) == dict(enumerate(wanted))
    assert result.next_cost is None


DEMANDS = st.lists(
    st.builds(
        Demand,
        key=st.uuids(),
        wanted=REAL,
        costs=st.dictionaries(REAL, st.floats(20e3, 3e6), min_size=1),
        priority=st.integers(0, 3),
        area=st.integers(0, 1 << 20),
        current=st.none() | REAL,
    ),
    max_size=8,
)


@given(DEMANDS, st.floats(0, 5e6))
def test_a_limit_is_never_exceeded(demands: list[Demand], limit: float) -> None:
    result = allocate(demands, limit)
    assert result.cost <= limit + 1
    assert set(result.ceilings) == {demand.key for demand in demands}
    assert result.next_cost is None or result.next_cost > limit - 1


@given(DEMANDS)
def test_the_least_keeps_every_picture(demands: list[Demand]) -> None:
    lowest = [Demand(d.key, Quality.LOW, {min(d.costs): min(d.costs.values())}, current=d.current) for d in demands]
    assert None not in allocate(lowest, least(lowest) + 1).ceilings.values()


@given(DEMANDS, st.floats(0, 5e6))
def test_trying_the_next_cost_improves_something(demands: list[Demand], limit: float) -> None:
    result = allocate(demands, limit)
    if result.next_cost is not None:
        assert allocate(demands, result.next_cost + 1).ceilings != result.ceilings


def test_the_main_picture_is_raised_before_the_floors_and_paused_after_it() -> None:
    main = Demand("main", Quality.HIGH, COSTS, area=1280 * 720)
    floor = Demand("floor", Quality.HIGH, COSTS, area=640 * 360)
    assert allocate([floor, main], 660e3).ceilings == {"main": Quality.MEDIUM, "floor": Quality.LOW}
    assert allocate([floor, main], 160e3).ceilings == {"main": Quality.LOW, "floor": None}
    assert allocate([floor, main], 10e3).ceilings == {"main": None, "floor": None}


def test_a_priority_goes_before_size() -> None:
    small = Demand("small", Quality.HIGH, COSTS, priority=1, area=100)
    large = Demand("large", Quality.HIGH, COSTS, area=10_000)
    assert allocate([large, small], 700e3).ceilings == {"small": Quality.MEDIUM, "large": Quality.LOW}


def test_a_wall_keeps_every_tile_before_one_gets_sharp() -> None:
    tiles = [Demand(seat, Quality.HIGH, COSTS, area=320 * 180) for seat in range(10)]
    assert set(allocate(tiles, 1_600e3).ceilings.values()) == {Quality.LOW}


def test_a_track_without_layers_costs_nothing() -> None:
    assert allocate([Demand("bare", Quality.LOW, {})], 1e6).ceilings == {"bare": None}


def test_a_layer_above_what_was_asked_for_is_sent_when_there_is_no_other() -> None:
    only = Demand("screen", Quality.LOW, {Quality.HIGH: 900e3})
    assert allocate([only], None).ceilings == {"screen": Quality.HIGH}


def test_after_the_first_that_does_not_fit_nobody_behind_is_served() -> None:
    large = Demand("large", Quality.HIGH, {Quality.HIGH: 900e3}, area=9)
    other = Demand("other", Quality.HIGH, {Quality.HIGH: 900e3}, area=8)
    small = Demand("small", Quality.LOW, {Quality.LOW: 50e3}, area=1)
    assert allocate([small, other, large], 950e3).ceilings == {"large": Quality.HIGH, "other": None, "small": None}


def test_a_picture_does_not_go_to_and_fro_when_its_bitrate_varies() -> None:
    better = Demand("main", Quality.HIGH, {Quality.LOW: 200e3, Quality.HIGH: 940e3}, current=Quality.HIGH)
    worse = Demand("main", Quality.HIGH, {Quality.LOW: 200e3, Quality.HIGH: 940e3}, current=Quality.LOW)
    assert allocate([better], 1e6).ceilings == {"main": Quality.HIGH}
    assert allocate([worse], 1e6).ceilings == {"main": Quality.LOW}
    assert allocate([worse], 1.2e6).ceilings == {"main": Quality.HIGH}
