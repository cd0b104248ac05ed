from __future__ import annotations

import dataclasses
import json
import typing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.ledger import payloads as p
from meetinghub.ledger import store  # noqa: F401  (so that every kind is known)
from meetinghub.ledger.canonical import normal
from meetinghub.ledger.fact import FactKind, Payload, decode, encode, utc_moment, utc_text

CLASSES = {cls.kind: cls for cls in Payload.__subclasses__()}


TEXTS = st.text(max_size=5).map(normal)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)


def values(cls: type[Payload]) -> st.SearchStrategy[Payload]:
    hints = typing.get_type_hints(cls)
    known: dict[object, st.SearchStrategy[object]] = {
        datetime: st.datetimes(timezones=st.just(UTC)),
        str: TEXTS,
        int: NUMBERS,
        tuple[str, ...]: st.lists(TEXTS).map(tuple),
        tuple[int, ...]: st.lists(NUMBERS).map(tuple),
        str | None: st.none() | TEXTS,
        int | None: st.none() | NUMBERS,
        bool: st.booleans(),
        bool | None: st.none() | st.booleans(),
    }
    return st.builds(cls, **{field.name: known[hints[field.name]] for field in dataclasses.fields(cls)})


def test_every_kind_has_exactly_one_payload() -> None:
    assert set(CLASSES) == set(FactKind)


def test_kinds_are_named_subject_object_action() -> None:
    for kind in FactKind:
        assert 2 <= len(kind.split(":")) <= 3


@given(st.sampled_from(sorted(CLASSES.values(), key=lambda cls: cls.kind)).flatmap(values))
def test_a_payload_survives_being_written_and_read(payload: Payload) -> None:
    text = encode(payload)
    assert decode(payload.kind, payload.version, text) == payload
    assert encode(decode(payload.kind, payload.version, text)) == text


def test_text_is_canonical() -> None:
    at = datetime(2026, 11, 26, 14, 0, tzinfo=timezone(timedelta(hours=8)))
    text = encode(p.FloorGranted("site-04", at))
    assert text == '{"opens_at":"2026-11-26T06:00:00.000000Z","site":"site-04"}'


def test_chinese_stays_readable() -> None:
    assert json.loads(encode(p.HandRaised("site-12", "项目经费")))["topic"] == "项目经费"
    assert "项目经费" in encode(p.HandRaised("site-12", "项目经费"))


@pytest.mark.parametrize("kind", FactKind)
@pytest.mark.parametrize("version", [0, 99])
def test_an_unknown_version_is_refused(kind: FactKind, version: int) -> None:
    with pytest.raises(ValueError, match=f"{kind} version {version} is not known"):
        decode(kind, version, "{}")


def test_an_older_meeting_was_judged_by_the_first_rule() -> None:
    at = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
    text = '{"minutes":90,"starts_at":"2026-11-26T06:00:00.000000Z","title":"例会"}'
    assert decode(FactKind.MEETING_PLANNED, 1, text) == p.MeetingPlanned("例会", at, 90, attendance_rule=1)


def test_one_character_has_one_spelling() -> None:
    written = encode(p.HandRaised("site-12", "e\u0301"))
    assert written == '{"site":"site-12","topic":"\u00e9"}'
    assert decode(FactKind.HAND_RAISED, 1, written) == p.HandRaised("site-12", "\u00e9")


@pytest.mark.parametrize(
    "payload",
    [
        p.HandRaised("site-12", "\ud83d"),
        p.RosterTicked("site-12", (1,), guests=2**53),
        p.CountInSet(0.5),  # type: ignore[arg-type]
    ],
)
def test_what_has_no_canonical_form_is_refused(payload: Payload) -> None:
    with pytest.raises(ValueError, match=r"surrogate|exceeds|canonical form"):
        encode(payload)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="teapot"):
        decode("teapot:boiled", 1, "{}")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        utc_moment("2026-11-26T14:00:00")


@given(st.datetimes(timezones=st.timezones()))
def test_times_keep_their_moment(moment: datetime) -> None:
    try:
        text = utc_text(moment)
    except OverflowError:
        return
    assert utc_moment(text) == moment.astimezone(UTC)
