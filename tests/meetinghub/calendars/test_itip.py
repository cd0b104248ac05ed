"""Which letters follow from which changes (RFC 5546), and what stands in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from meetinghub.calendars import itip
from meetinghub.calendars.itip import Answer, Invited, Invitee, Method, Told
from meetinghub.calendars.model import Part
from tests.meetinghub.calendars.test_feed import CHANGED, THURSDAY, example

GOLDEN = Path(__file__).parent / "golden"
UID = "meeting-7@hub.example"
HOURS = st.integers(0, 3).map(lambda hours: datetime(2026, 11, 26, tzinfo=UTC) + timedelta(hours=hours))
PARTS = st.lists(
    st.builds(Part, HOURS, HOURS, st.sampled_from(["", "secretary"]), st.sampled_from(["", "民政"])), max_size=2
).map(tuple)
TOLD = st.builds(Told, HOURS, HOURS, st.sampled_from(["302", "301"]), PARTS)
WANTED = st.dictionaries(st.sampled_from("abcd"), TOLD)


def invitee(address: str = "chen@qinghewan.example", told: Told | None = None) -> Invitee:
    told = told or Told(THURSDAY, THURSDAY + timedelta(minutes=90), "302 会议室")
    return Invitee(address, "陈书记", False, 1, 4, None, told)


def test_what_was_told_is_read_as_it_was_written() -> None:
    told = Told(THURSDAY, CHANGED, '302, "会议室"', (Part(THURSDAY, CHANGED, "line_worker", "民政"),))
    assert Told.loads(told.dumps()) == told


@given(st.lists(st.tuples(WANTED, st.booleans()), max_size=12))
def test_letters_follow_changes_and_nothing_else(history: list[tuple[dict[str, Told], bool]]) -> None:
    """Against a recipient's own view: what they hold after each letter, by RFC 5546's rules."""
    rows: dict[str, Invited] = {}
    held: dict[str, tuple[int, Told | None]] = {}
    for wanted, at_rest in history:
        plan = itip.letters(rows.values(), [invitee(name, told) for name, told in wanted.items()], at_rest=at_rest)
        assert len({letter.invitee.address for letter in plan.letters}) == len(plan.letters)
        for letter in plan.letters:
            name = letter.invitee.address
            sequence, told = held.get(name, (-1, None))
            assert letter.sequence == sequence + 1
            if letter.method is Method.CANCEL:
                assert told is not None  # nobody is called off who was not invited
                assert name not in wanted
                held[name] = letter.sequence, None
            else:
                assert told != letter.invitee.told  # nothing is said twice
                assert letter.changed == (told is not None)
                held[name] = letter.sequence, letter.invitee.told
            rows[name] = itip.sent(letter, UID)
        for name, (_, told) in held.items():
            assert (told is None) == (name not in wanted)
            if told is not None:  # time and place are always known, the rest when there is rest
                assert (told.starts_at, told.place) == (wanted[name].starts_at, wanted[name].place)
                assert told == wanted[name] or not at_rest
        assert set(wanted) <= set(held)
        assert plan.waits == any(told is not None and told != wanted[name] for name, (_, told) in held.items())
        again = itip.letters(rows.values(), [invitee(name, told) for name, told in wanted.items()], at_rest=at_rest)
        assert again.letters == ()


def test_an_answer_counts_for_the_time_it_was_given_for() -> None:
    kept = Invited(invitee(), UID, 0, True, Answer.ACCEPTED, answered_for=THURSDAY)
    moved = replace(kept.invitee.told, starts_at=THURSDAY + timedelta(days=1))
    other = replace(kept, invitee=invitee(told=moved))
    gone = replace(kept, standing=False)
    assert kept.current
    assert not other.current
    counts = itip.counted([kept, other, gone])
    assert (counts[Answer.ACCEPTED], counts[Answer.NONE]) == (1, 1)


def test_a_request_and_a_cancellation_are_as_they_were_written_down() -> None:
    for method in Method:
        off = method is Method.CANCEL
        text = itip.written(
            method,
            replace(example(cancelled=off), sequence=1 if off else 0),
            replace(invitee(), name='陈"明\r\nATTENDEE:x，书记'),
            answer=Answer.NONE,
            organizer="hub@street.example",
            organizer_name="清河湾街道",
        )
        assert text.encode() == (GOLDEN / f"{method.lower()}.ics").read_bytes()
        assert text.count("ATTENDEE") == 2  # one of them inside a name
