"""Returned mails of Postfix, Exim, Exchange and the shapes that QQ Mail and NetEase use; all people are invented."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.mail.bounces import Bounce, Kind, read

GOLDEN = Path(__file__).parent / "golden"
IDENTIFIER = f"<{'0123456789abcdef' * 2}01234567@hub.example>"
TO = "site-04@street.example"


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.eml").read_bytes()


@pytest.mark.parametrize(("name", "kind", "status", "said"), [
    ("postfix-unknown", Kind.DEAD, "5.1.1", "User unknown in local recipient table"),
    ("postfix-full", Kind.FAILED, "5.2.2", "552 5.2.2 Mailbox full"),
    ("postfix-delayed", Kind.DELAYED, "4.4.1", "Connection timed out"),
    ("postfix-gave-up", Kind.FAILED, "4.4.1", "Connection timed out"),
    ("exim", Kind.DEAD, "5.0.0", "Unrouteable address"),
    ("exim-plain", Kind.DEAD, "", "550 no such user here"),
    ("exchange", Kind.DEAD, "5.1.10", "RecipientNotFound"),
    ("qq", Kind.DEAD, "", "收件人邮件地址（site-04@street.example）不存在"),
    ("netease", Kind.FAILED, "5.2.2", "552 Quota exceeded"),
    ("netease-unknown", Kind.DEAD, "5.0.0", "User not found"),
])  # fmt: skip
def test_a_return_says_which_mail_to_whom_and_whether_the_address_is_dead(
    name: str, kind: Kind, status: str, said: str
) -> None:
    found = read(golden(name), domain="hub.example")
    assert found is not None
    assert (found.message_id, found.recipient, found.kind, found.status) == (IDENTIFIER, TO, kind, status)
    assert said in found.reason


@pytest.mark.parametrize("name", ["vacation", "read-receipt", "answer", "delivered"])
def test_what_is_no_return_is_none(name: str) -> None:
    assert read(golden(name), domain="hub.example") is None


@pytest.mark.parametrize("name", ["postfix-unknown", "exim", "exim-plain", "exchange", "qq", "netease"])
def test_somebody_else_s_mail_is_not_ours(name: str) -> None:
    assert read(golden(name), domain="other.example") is None
    assert read(golden(name).replace(b"0123456789abcdef", b"nobody-can-guess"), domain="hub.example") is None


def test_the_worst_of_several_recipients_counts() -> None:
    both = golden("postfix-delayed").replace(
        b"Final-Recipient: rfc822; site-04@street.example\n",
        b"Final-Recipient: rfc822; alias@street.example\nAction: failed\nStatus: 5.1.1\n\n"
        b"Final-Recipient: rfc822; site-04@street.example\n",
        1,
    )
    found = read(both, domain="hub.example")
    assert found is not None
    assert found.kind is Kind.DEAD


@given(st.binary(max_size=400))
def test_garbage_is_no_return(raw: bytes) -> None:
    assert read(raw, domain="hub.example") is None


@given(st.sampled_from(sorted(path.stem for path in GOLDEN.glob("*.eml"))), st.data())
def test_a_damaged_return_is_read_or_passed_over_but_never_breaks(name: str, data: st.DataObject) -> None:
    raw = bytearray(golden(name))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
        if not raw:
            break
    found = read(bytes(raw), domain="hub.example")
    assert found is None or isinstance(found, Bounce)


def test_the_goldens_are_whole_messages() -> None:
    for path in GOLDEN.glob("*.eml"):
        assert message_from_bytes(path.read_bytes())["From"]
