from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.ledger.note import Signed, Signer, Verifier, judge

# The example in the documentation of Go's golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAYING = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
BY_PETER = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

LINES = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20)
TEXTS = st.lists(LINES.filter(bool), min_size=1, max_size=4).map(lambda lines: "".join(f"{line}\n" for line in lines))


def parted(note: str) -> tuple[str, list[str]]:
    text, _, signatures = note.rpartition("\n\n")
    return f"{text}\n", signatures.splitlines()


def test_a_note_signed_by_another_programme_is_understood() -> None:
    verifier = Verifier.parse(PETER)
    assert str(verifier) == PETER
    assert judge(SAYING, [BY_PETER], [verifier]) is Signed.GOOD
    assert judge(SAYING.replace("answer", "question"), [BY_PETER], [verifier]) is Signed.BAD


@given(TEXTS)
def test_what_was_signed_is_accepted_and_nothing_else(text: str) -> None:
    signer = Signer.make("ledger-1.example")
    found, signatures = parted(signer.sign(text))
    assert found == text
    assert judge(text, signatures, [signer.verifier]) is Signed.GOOD
    assert judge(f"{text}\n", signatures, [signer.verifier]) is Signed.BAD
    assert judge(text, signatures, []) is Signed.UNKNOWN
    assert judge(text, signatures, [Signer.make("ledger-1.example").verifier]) is Signed.UNKNOWN
    assert judge(text, [], [signer.verifier]) is Signed.ABSENT


@given(st.integers(0, 511))
def test_a_flipped_bit_of_the_signature_is_bad(bit: int) -> None:
    signer = Signer.make("ledger-1.example")
    _, [line] = parted(signer.sign("a\n"))
    name, _, encoded = line.rpartition(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[4 + bit // 8] ^= 1 << bit % 8
    assert judge("a\n", [f"{name} {base64.b64encode(raw).decode()}"], [signer.verifier]) is Signed.BAD


@given(st.integers(1, 90))
def test_a_line_that_was_cut_off_is_no_signature(less: int) -> None:
    signer = Signer.make("ledger-1.example")
    _, [line] = parted(signer.sign("a\n"))
    assert judge("a\n", [line[:-less]], [signer.verifier]) is Signed.ABSENT


def test_one_bad_signature_of_a_known_key_spoils_the_note() -> None:
    one, other = Signer.make("one"), Signer.make("other")
    _, [good] = parted(one.sign("a\n"))
    _, [bad] = parted(other.sign("b\n"))
    known = [one.verifier, other.verifier]
    assert judge("a\n", [good, bad], known) is Signed.BAD
    assert judge("a\n", [good, bad], known[:1]) is Signed.GOOD


def test_keys_survive_being_written_and_read() -> None:
    signer = Signer.make("ledger-1.example")
    assert Signer.parse(str(signer)) == signer
    assert Verifier.parse(str(signer.verifier)) == signer.verifier
    assert base64.b64encode(b"\x01" + signer.seed).decode() not in repr(signer)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("PeterNeumann", "PeterNewman"),
        PETER[:-4],
        PETER.replace("ARpc", "AhpC"),
        "PeterNeumann+c74f20a3+%%%",
        f"PRIVATE+KEY+{PETER}",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="key"):
        Verifier.parse(text)
    with pytest.raises(ValueError, match="key"):
        Signer.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\n"])
def test_a_key_is_named_without_spaces_and_plus(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a key"):
        Signer.make(name)


@pytest.mark.parametrize("text", ["", "no end", "tab\there\n"])
def test_only_lines_are_signed(text: str) -> None:
    with pytest.raises(ValueError, match="lines of text"):
        Signer.make("a").sign(text)
