"""Codes: how long they live, which one is meant, how they are typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.devices import pairing
from meetinghub.devices.agent import browser
from meetinghub.devices.model import Asking

NOW = datetime(2026, 11, 26, 1, 12, tzinfo=UTC)
AGES = st.timedeltas(min_value=timedelta(hours=-1), max_value=timedelta(hours=1))


def asking(code: str, age: timedelta = timedelta(0)) -> Asking:
    return Asking(f"token of {code}", code, "10.0.0.1", "browser", NOW - age)


@given(AGES)
def test_a_code_lives_ten_minutes_and_none_comes_from_the_future(age: timedelta) -> None:
    assert pairing.alive(NOW - age, NOW) == (timedelta(0) <= age < timedelta(minutes=10))


@given(st.lists(st.tuples(st.sampled_from("abcdef"), AGES), unique_by=lambda each: each[0]), st.sampled_from("abcdef"))
def test_the_pc_that_is_found_shows_exactly_that_code_now(shown: list[tuple[str, timedelta]], code: str) -> None:
    found = pairing.match([asking(each, age) for each, age in shown], code, NOW)
    wanted = [age for each, age in shown if each == code and pairing.alive(NOW - age, NOW)]
    assert (found is not None) == bool(wanted)
    assert found is None or found.code == code


@given(st.integers(0, 40), st.integers(0, 40))
def test_wrong_codes_lock_by_account_or_by_address(account: int, address: int) -> None:
    assert pairing.locked(pairing.Failures(account, address)) == (account >= 5 or address >= 20)


@given(st.integers(0, 600), st.integers(0, 600))
def test_codes_are_bounded_by_address_and_in_all(from_address: int, in_all: int) -> None:
    assert pairing.crowded(from_address=from_address, in_all=in_all) == (from_address >= 60 or in_all >= 500)


@given(st.integers(0, 999_999), st.sampled_from(["{}{}", "{} {}", "{}-{}", " {}\u3000{} "]))
def test_a_code_may_be_typed_in_groups(number: int, grouping: str) -> None:
    digits = f"{number:06d}"
    assert pairing.typed(grouping.format(digits[:3], digits[3:])) == digits


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "１２３４５６", "١٢٣٤٥٦", "123.456"])
def test_what_is_not_six_digits_is_no_code(text: str) -> None:
    assert pairing.typed(text) is None


@pytest.mark.parametrize(("agent", "words"), [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
     "Chrome 131, Windows"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 "
     "Edg/131.0.2903.51", "Edge 131, Windows"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox 132, Linux"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
     "Safari/605.1.15", "Safari 18, macOS"),
    ("Mozilla/5.0 (Linux; Android 14; TV) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36", "Chrome 130, Android"),
    ("curl/8.4", "curl/8.4"),
    ("", ""),
])  # fmt: skip
def test_a_browser_is_named_in_a_few_words(agent: str, words: str) -> None:
    assert browser(agent) == words
