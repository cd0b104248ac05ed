from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.ledger.canonical import Speller, dumps, is_canonical, normal, quoted
from meetinghub.ledger.chain import row

SAFE = st.integers(-(2**53) + 1, 2**53 - 1)
SCALARS = st.none() | st.booleans() | SAFE | st.text(max_size=6)
NEARLY = [
    '{"a":1,"b":["x"]}',
    '{"a":0,"b":[]}',
    '{"a":null,"b":[true,false,null]}',
    '{"a":-0,"b":[]}',
    '{"a":-1,"b":[]}',
    '{"a":01,"b":[]}',
    '{"a":1.5,"b":[]}',
    '{"a":9007199254740991,"b":[]}',
    '{"a":9007199254740993,"b":[]}',
    '{"a":999999999999999,"b":[]}',
    '{"a":"e\u0301","b":[]}',
    '{"a":"\u00e9","b":["\U0001f600"]}',
    '{"a":"\\u00e9","b":[]}',
    '{"a":"\\n","b":[]}',
    '{"a":"\n","b":[]}',
    '{"a":1,"b":[,]}',
    '{"a":1,"b":["x",]}',
    '{"a":1,"b":{}}',
    '{"a":1,"b":[[]]}',
    '{"b":1,"a":1}',
    '{"a":1}',
    '{"a":1,"b":1,"c":1}',
    '{"a":1,"b":1}\n',
    '{"a":\u0661,"b":1}',
    '{"a":1, "b":1}',
    "{}",
]
OBJECTS = st.dictionaries(st.text(max_size=4).map(normal), SCALARS | st.lists(SCALARS, max_size=3), max_size=4)


@given(OBJECTS)
def test_what_is_written_is_canonical(values: dict[str, Any]) -> None:
    text = dumps(values)
    assert unicodedata.is_normalized("NFC", text)
    assert rfc8785.dumps(json.loads(text)).decode() == text
    assert is_canonical(text)


@given(OBJECTS)
def test_another_spelling_is_not_canonical(values: dict[str, Any]) -> None:
    text = dumps(values)
    others = {
        json.dumps(values),
        json.dumps(values, ensure_ascii=False, sort_keys=True),
        json.dumps(dict(reversed(list(json.loads(text).items()))), ensure_ascii=False, separators=(",", ":")),
        unicodedata.normalize("NFD", text),
        f"{text} ",
    }
    for other in others - {text}:
        assert not is_canonical(other)


@given(st.text(max_size=30))
def test_any_text_is_judged_as_the_reference_judges_it(text: str) -> None:
    assert is_canonical(text) == reference(text)
    assert is_canonical(f'{{"a":{text}}}') == reference(f'{{"a":{text}}}')


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.0}',
        '{"a":1e3}',
        '{"a":-0}',
        '{"a":NaN}',
        '{"a":9007199254740992}',
        '{"a":1,"a":1}',
        '{"b":1,"a":1}',
        '{"a":"\\ud83d"}',
        '{"a":"\\ud83d\\ude00"}',
        '{"a":"\\u00e9"}',
        '{"a":"e\u0301"}',
        '{"a":"\\/"}',
        '{"\uffee":1,"\U0001f600":1}',
        '{"a": 1}',
        "[]",
        "1",
        "",
        '{"a":' + "[" * 5000 + "]" * 5000 + "}",
    ],
)
def test_these_are_not_canonical(text: str) -> None:
    assert not is_canonical(text)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"a":"1234567890123456789"}',
        '{"a":9007199254740991}',
        '{"a":"\\u0001\\n\\"\\\\/\u007f"}',
        '{"a":"é骉龘㐂𠮷"}',
        '{"\U0001f600":1,"\uffee":1}',
    ],
)
def test_these_are_canonical(text: str) -> None:
    assert is_canonical(text)
    assert reference(text)


def reference(text: str) -> bool:
    """The slow and plain way: read, write with the reference implementation, compare."""
    try:
        values = json.loads(text, parse_float=str)
        whole = isinstance(values, dict) and all(not isinstance(key, float) for key in values)
        return whole and rfc8785.dumps(values).decode() == text and unicodedata.is_normalized("NFC", text)
    except ValueError:
        return False


@given(st.text())
def test_a_string_is_quoted_as_the_reference_quotes_it(text: str) -> None:
    assert quoted(text).encode() == rfc8785.dumps(text)


@given(
    SAFE,
    st.none() | SAFE,
    st.text(max_size=8),
    SAFE,
    st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='microseconds')}Z"),
    st.text(max_size=8),
    st.none() | st.text(max_size=8),
    OBJECTS,
)
def test_a_row_put_together_equals_the_serialised_one(
    number: int,
    meeting: int | None,
    kind: str,
    version: int,
    at: str,
    actor: str,
    key: str | None,
    payload: dict[str, Any],
) -> None:
    text = dumps(payload)
    assert row(number, meeting, kind, version, at, actor, key, text).encode() == rfc8785.dumps(
        {
            "number": number,
            "meeting": meeting,
            "kind": kind,
            "version": version,
            "at": at,
            "actor": actor,
            "key": key,
            "payload": json.loads(text),
        }
    )


@given(st.lists(st.tuples(st.sampled_from("ab"), OBJECTS.map(dumps) | st.sampled_from(NEARLY)), max_size=8))
def test_what_was_learnt_from_other_texts_changes_no_judgement(texts: list[tuple[str, str]]) -> None:
    speller = Speller()
    for kind, text in texts:
        assert speller.accepts(kind, text) == is_canonical(text)


def test_a_shape_once_learnt_still_sees_what_is_spelt_wrong() -> None:
    speller = Speller()
    assert speller.accepts("a", '{"a":1,"b":["x"]}')
    for text in NEARLY:
        assert speller.accepts("a", text) == is_canonical(text)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        dumps({"a": ["\udc00"]})
