from __future__ import annotations

import dataclasses
import json
import typing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import FactKind, Payload, decode, encode, utc_moment, utc_text

CLASSES = {cls.kind: cls for cls in Payload.__subclasses__()}


def values(cls: type[Payload]) -> st.SearchStrategy[Payload]:
    hints = typing.get_type_hints(cls)
    fields = {
        field.name: {
            datetime: st.datetimes(timezones=st.just(UTC)),
            tuple[str, ...]: st.lists(st.text(max_size=5)).map(tuple),
            str | None: st.none() | st.text(max_size=5),
        }.get(hints[field.name], st.from_type(hints[field.name]))
        for field in dataclasses.fields(cls)
    }
    return st.builds(cls, **fields)


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


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 2"):
        decode(FactKind.MEETING_STARTED, 2, "{}")


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
