"""What an audit says of every kind of damage, on chains in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.ledger.audit import BadFact, Stored, Walk, Watched, Wrong, conclude, explain
from meetinghub.ledger.chain import GENESIS, link, row

KINDS = ("meeting:started", "meeting:hand:raised", "site:joined")


@dataclass
class Ledger:
    """Rows in the order in which they would be read, and the head."""

    rows: list[Stored]
    top: tuple[int, bytes] | None

    def numbered(self, number: int) -> Sequence[Stored]:
        return [stored for stored in self.rows if stored.number == number]

    def following(self, prev: bytes) -> Sequence[Stored]:
        return [stored for stored in self.rows if stored.prev == prev]

    def hashed(self, of: bytes) -> Sequence[Stored]:
        return [stored for stored in self.rows if stored.hash == of]

    def head(self) -> tuple[int, bytes] | None:
        return self.top

    def place(self, rows: Sequence[Stored]) -> Ledger:
        return Ledger(sorted(rows, key=lambda stored: stored.number), self.top)


def written(number: int, prev: bytes, **other: Any) -> Stored:
    values: dict[str, Any] = {
        "meeting": number % 3 or None,
        "kind": KINDS[number % 3],
        "version": 1,
        "at": f"2026-11-26 06:{number % 60:02d}:00.000001",
        "actor": "chair" if number % 2 else "陈芳",
        "key": None if number % 3 else f"k{number}",
        "payload": f'{{"site":"site-{number:02d}"}}',
        **other,
    }
    at = f"{values['at'][:10]}T{values['at'][11:]}Z"
    return Stored(number, **values, prev=prev, hash=link(prev, row(number, **{**values, "at": at})))


def chain(count: int) -> Ledger:
    rows: list[Stored] = []
    for number in range(1, count + 1):
        rows.append(written(number, rows[-1].hash if rows else GENESIS))
    return Ledger(rows, (count, rows[-1].hash if rows else GENESIS))


def audit(ledger: Ledger, watched: Watched | None = None) -> BadFact | int:
    """What is wrong, or where the walk ended."""
    walk = Walk(watched or {})
    if found := walk.on(ledger.rows):
        stored, wrong = found
        return explain(stored, walk, ledger) if wrong is None else stored.bad(wrong)
    return walk.number if walk.contradicted else conclude(walk, ledger) or walk.number


SIZES = st.integers(1, 12)


@given(st.integers(0, 12))
def test_a_ledger_as_it_was_written_is_whole(count: int) -> None:
    assert audit(chain(count)) == count


CHANGES: dict[str, Any] = {
    "meeting": 77,
    "kind": "meeting:ended",
    "version": 2,
    "at": "2027-01-01 00:00:00.000000",
    "actor": "somebody",
    "key": "other",
    "payload": "{}",
    "prev": bytes([1]) * 32,
    "hash": bytes([2]) * 32,
}


@given(SIZES, st.data())
@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_is_found_and_its_fact_named(column: str, count: int, data: st.DataObject) -> None:
    ledger = chain(count)
    number = data.draw(st.integers(1, count))
    ledger.rows[number - 1] = ledger.rows[number - 1]._replace(**{column: CHANGES[column]})
    found = audit(ledger)
    assert found == ledger.rows[number - 1].bad(Wrong.CHANGED)


@given(SIZES, st.data())
def test_a_single_bit_anywhere_is_found(count: int, data: st.DataObject) -> None:
    ledger = chain(count)
    number = data.draw(st.integers(1, count))
    stored = ledger.rows[number - 1]
    column = data.draw(st.sampled_from([name for name in Stored._fields[1:] if getattr(stored, name) is not None]))
    value = getattr(stored, column)
    if isinstance(value, int):
        value ^= 1 << data.draw(st.integers(0, 40))
    else:
        raw = bytearray(value.encode() if isinstance(value, str) else value)
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        value = bytes(raw).decode(errors="surrogateescape") if isinstance(value, str) else bytes(raw)
    ledger.rows[number - 1] = stored._replace(**{column: value})
    found = audit(ledger)
    assert isinstance(found, BadFact)
    assert (found.number, found.wrong) == (number, Wrong.CHANGED)


@given(st.integers(1, 9), st.data())
@pytest.mark.parametrize(
    "values",
    [
        {"kind": b"meeting:started"},
        {"payload": b"{}"},
        {"at": None},
        {"at": 7},
        {"at": ""},
        {"at": "2026-11-26T06:00:00.000000"},
        {"actor": None},
        {"version": "1"},
        {"version": 1.0},
        {"meeting": "1"},
        {"prev": "0" * 32},
        {"hash": None},
        {"payload": None},
        {"key": 5},
    ],
)
def test_a_value_of_another_type_is_a_change(values: dict[str, Any], number: int, data: st.DataObject) -> None:
    ledger = chain(9)
    ledger.rows[number - 1] = ledger.rows[number - 1]._replace(**values)
    found = audit(ledger)
    assert isinstance(found, BadFact)
    assert (found.number, found.wrong) == (number, Wrong.CHANGED)


@given(st.integers(2, 12), st.data())
def test_a_fact_rewritten_with_its_hash_is_named_by_the_fact_after_it_or_the_head(
    count: int, data: st.DataObject
) -> None:
    ledger = chain(count)
    number = data.draw(st.integers(1, count))
    old = ledger.rows[number - 1]
    ledger.rows[number - 1] = written(number, old.prev, actor="somebody else")
    assert audit(ledger) == ledger.rows[number - 1].bad(Wrong.CHANGED)


@given(st.integers(2, 12), st.data())
def test_a_fact_taken_out_is_missing(count: int, data: st.DataObject) -> None:
    ledger = chain(count)
    number = data.draw(st.integers(1, count))
    del ledger.rows[number - 1]
    assert audit(ledger) == BadFact(number, None, Wrong.MISSING)


@given(st.integers(3, 12), st.data())
def test_closing_the_gap_does_not_hide_it(count: int, data: st.DataObject) -> None:
    ledger = chain(count)
    number = data.draw(st.integers(1, count - 1))
    rest = [stored._replace(number=stored.number - 1) for stored in ledger.rows[number:]]
    found = audit(ledger.place([*ledger.rows[: number - 1], *rest]))
    assert found == rest[0].bad(Wrong.MISSING)


@given(st.integers(2, 12), st.data())
@pytest.mark.parametrize("forger", ["careful", "careless", "random"])
def test_a_fact_put_in_is_named(forger: str, count: int, data: st.DataObject) -> None:
    ledger = chain(count)
    number = data.draw(st.integers(1, count))
    prev = ledger.rows[number - 1].prev
    put_in = written(number, bytes([3]) * 32 if forger == "random" else prev, actor="somebody")
    if forger == "careless":
        put_in = put_in._replace(hash=bytes([4]) * 32)
    rest = [stored._replace(number=stored.number + 1) for stored in ledger.rows[number - 1 :]]
    found = audit(ledger.place([*ledger.rows[: number - 1], put_in, *rest]))
    assert found == put_in.bad(Wrong.INSERTED)


@given(st.integers(2, 12), st.data())
def test_a_fact_written_twice_is_named(count: int, data: st.DataObject) -> None:
    ledger = chain(count)
    number = data.draw(st.integers(1, count - 1))
    again = ledger.rows[number - 1]._replace(number=number + 1)
    rest = [stored._replace(number=stored.number + 1) for stored in ledger.rows[number:]]
    assert audit(ledger.place([*ledger.rows[:number], again, *rest])) == again.bad(Wrong.INSERTED)


@given(st.integers(2, 12), st.data())
def test_two_facts_that_changed_places_are_reordered(count: int, data: st.DataObject) -> None:
    ledger = chain(count)
    first = data.draw(st.integers(1, count - 1))
    second = data.draw(st.integers(first + 1, count))
    rows = list(ledger.rows)
    rows[first - 1] = ledger.rows[second - 1]._replace(number=first)
    rows[second - 1] = ledger.rows[first - 1]._replace(number=second)
    assert audit(ledger.place(rows)) == rows[first - 1].bad(Wrong.REORDERED)


@given(st.integers(2, 12), st.data())
def test_a_fact_moved_away_is_reordered(count: int, data: st.DataObject) -> None:
    ledger = chain(count)
    number = data.draw(st.integers(1, count))
    rows = [*ledger.rows[: number - 1], *ledger.rows[number:], ledger.rows[number - 1]._replace(number=count + 5)]
    assert audit(ledger.place(rows)) == BadFact(number, ledger.rows[number - 1].kind, Wrong.REORDERED)


@given(st.integers(1, 12), st.data())
def test_a_cut_end_is_missing_as_long_as_the_head_tells(count: int, data: st.DataObject) -> None:
    ledger = chain(count)
    left = data.draw(st.integers(0, count - 1))
    assert audit(ledger.place(ledger.rows[:left])) == BadFact(left + 1, None, Wrong.MISSING)


@given(st.integers(1, 12), st.data())
def test_a_cut_end_with_its_head_is_found_by_a_checkpoint_only(count: int, data: st.DataObject) -> None:
    whole = chain(count)
    left = data.draw(st.integers(0, count - 1))
    cut = chain(left)
    assert audit(cut) == left
    walk = Walk({count: [whole.rows[-1].hash]})
    assert walk.on(cut.rows) is None
    assert not walk.contradicted
    assert walk.number == left < count


@given(st.integers(1, 12), st.data())
def test_all_worked_out_anew_is_found_by_a_checkpoint_only(count: int, data: st.DataObject) -> None:
    whole = chain(count)
    number = data.draw(st.integers(1, count))
    seen = data.draw(st.integers(number, count))
    rows = whole.rows[: number - 1]
    for place in range(number, count + 1):
        prev = rows[-1].hash if rows else GENESIS
        rows.append(written(place, prev, **({"actor": "somebody"} if place == number else {})))
    forged = Ledger(rows, (count, rows[-1].hash))
    assert audit(forged) == count
    walk = Walk({seen: [rows[seen - 1].hash, whole.rows[seen - 1].hash[:8]]})
    assert walk.on(forged.rows) is None
    assert walk.contradicted
    assert walk.number == seen


def test_facts_below_one_or_beside_another_were_put_in() -> None:
    ledger = chain(4)
    for number in (-7, 0):
        extra = written(number, GENESIS)
        assert audit(ledger.place([extra, *ledger.rows])) == extra.bad(Wrong.INSERTED)
    beside = written(3, ledger.rows[1].hash, actor="somebody")
    assert audit(Ledger([*ledger.rows[:3], beside, ledger.rows[3]], ledger.top)) == beside.bad(Wrong.INSERTED)


def test_facts_beyond_the_head_were_put_in() -> None:
    ledger = chain(4)
    extra = written(5, ledger.rows[3].hash)
    assert audit(Ledger([*ledger.rows, extra], ledger.top)) == extra.bad(Wrong.INSERTED)


def test_without_its_head_a_ledger_is_cut() -> None:
    assert audit(Ledger(chain(4).rows, None)) == BadFact(5, None, Wrong.MISSING)
    assert audit(Ledger([], (0, bytes([1]) * 32))) == BadFact(1, None, Wrong.MISSING)


@pytest.mark.parametrize(
    "values",
    [
        {"payload": '{"site": "site-02"}'},
        {"payload": '{"site":"e\u0301"}'},
        {"payload": '{"b":1,"a":1}'},
        {"payload": '{"a":1.0}'},
        {"actor": "e\u0301"},
        {"kind": "e\u0301"},
        {"key": "e\u0301"},
    ],
)
def test_another_spelling_is_found_though_its_hash_is_right(values: dict[str, Any]) -> None:
    first = written(1, GENESIS)
    second = written(2, first.hash, **values)
    assert audit(Ledger([first, second], (2, second.hash))) == second.bad(Wrong.NOT_CANONICAL)


@given(st.integers(2, 10), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 9)), max_size=4))
def test_whatever_is_done_to_the_rows_is_found(count: int, acts: list[tuple[int, int, int]]) -> None:
    whole = chain(count)
    rows = list(whole.rows)
    for act, one, other in acts:
        if not rows:
            break
        first, second = one % len(rows), other % len(rows)
        match act:
            case 0:
                del rows[first]
            case 1:
                a, b = rows[first], rows[second]
                rows[first], rows[second] = b._replace(number=a.number), a._replace(number=b.number)
            case 2:
                rows[first] = rows[first]._replace(actor=f"{rows[first].actor}x")
            case 3:
                rows[first] = written(rows[first].number, rows[first].prev, actor="forged")
            case _:
                rows.insert(first, written(rows[first].number, rows[first].prev, actor="put in"))
                rows = [stored._replace(number=place) for place, stored in enumerate(rows, 1)]
    damaged = whole.place(rows)
    found = audit(damaged)
    if damaged.rows == whole.rows:
        assert found == count
    else:
        assert isinstance(found, BadFact)
        pairs = zip([*damaged.rows, None], [*whole.rows, None], strict=False)
        assert found.number <= count + 1
        assert found.number >= next(place for place, (now, was) in enumerate(pairs, 1) if now != was)
