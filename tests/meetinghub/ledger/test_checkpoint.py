from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.ledger.checkpoint import Checkpoint, Entry, entries, entry, parse_short, short
from meetinghub.ledger.note import Signed, Signer

AT = datetime(2026, 11, 26, 7, 12, 30, tzinfo=UTC)
SIGNER = Signer.make("ledger-3f9a1c2e.meetinghub")
KNOWN = [SIGNER.verifier]
MADE = st.builds(
    Checkpoint,
    st.just(SIGNER.verifier.name),
    st.integers(0, 2**53),
    st.binary(min_size=32, max_size=32),
    st.datetimes(timezones=st.just(UTC)),
)


def checkpoint(facts: int) -> Checkpoint:
    return Checkpoint(SIGNER.verifier.name, facts, bytes([facts]) * 32, AT)


def test_a_checkpoint_can_be_read_by_a_person() -> None:
    assert checkpoint(17).text() == ("ledger-3f9a1c2e.meetinghub\n17\n" + "11" * 32 + "\n2026-11-26T07:12:30.000000Z\n")


@given(st.lists(MADE, max_size=4))
def test_a_file_gives_back_what_was_added(made: list[Checkpoint]) -> None:
    text = "".join(entry(each, SIGNER) for each in made)
    found = list(entries(text, KNOWN))
    assert [each.checkpoint for each in found] == made
    assert all(each.signed is Signed.GOOD for each in found)
    assert [each.line for each in found] == [1 + 7 * place for place in range(len(made))]


@given(st.integers(1, 280))
def test_an_entry_that_was_cut_off_spoils_no_other(less: int) -> None:
    torn = entry(checkpoint(2), SIGNER)[:-less]
    text = entry(checkpoint(1), SIGNER) + torn + "\n\n" + entry(checkpoint(3), SIGNER)
    found = list(entries(text, KNOWN))
    good = [each.checkpoint for each in found if each.signed is Signed.GOOD]
    assert good in ([checkpoint(1), checkpoint(3)], [checkpoint(1), checkpoint(2), checkpoint(3)])
    assert all(each.signed in (Signed.GOOD, Signed.ABSENT) for each in found)


def test_a_changed_entry_is_found() -> None:
    text = entry(checkpoint(1), SIGNER) + entry(checkpoint(2), SIGNER).replace("\n2\n", "\n3\n")
    assert list(entries(text, KNOWN))[1] == Entry(
        8, checkpoint(2).__class__.parse(checkpoint(2).text().replace("\n2\n", "\n3\n")), Signed.BAD
    )


def test_an_entry_of_another_ledger_is_told_apart() -> None:
    other = Signer.make("ledger-00000000.meetinghub")
    found = list(entries(entry(checkpoint(1), other), KNOWN))
    assert [each.signed for each in found] == [Signed.UNKNOWN]


def test_a_signed_text_that_is_no_checkpoint_says_nothing() -> None:
    assert list(entries(f"{SIGNER.sign(chr(10).join(['hello', '']))}\n", KNOWN)) == [Entry(1, None, Signed.GOOD)]
    assert list(entries("", KNOWN)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n1\n" + "0" * 64 + "\n2026-11-26T07:12:30Z\n",
        "a\n-1\n" + "0" * 64 + "\n2026-11-26T07:12:30.000000Z\n",
        "a\n１\n" + "0" * 64 + "\n2026-11-26T07:12:30.000000Z\n",
        "a\n1\n" + "A" * 64 + "\n2026-11-26T07:12:30.000000Z\n",
        "a\n1\n" + "0" * 62 + "\n2026-11-26T07:12:30.000000Z\n",
        "a\n1\n" + "0" * 64 + "\n2026-11-26T07:12:30.000000\n",
        "a\n1\n" + "0" * 64 + "\nyesterday\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no checkpoint"):
        Checkpoint.parse(text)


@given(st.integers(0, 10**9), st.binary(min_size=32, max_size=32))
def test_the_short_form_is_typed_off_in_many_ways(number: int, hashed: bytes) -> None:
    text = short(number, hashed)
    grouped = text.split("-")[1:]
    for typed in (text, f" {text.upper()} ", f"{number}-{''.join(grouped)}", f"{number} · {' '.join(grouped)}"):
        assert parse_short(typed) == (number, hashed[:8])


@pytest.mark.parametrize("text", ["", "1200", "1200-5f3a", "x-5f3a-5f3a-5f3a-5f3a", "1-5f3a-5f3a-5f3a-5f3g"])
def test_what_is_no_short_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no short form"):
        parse_short(text)
