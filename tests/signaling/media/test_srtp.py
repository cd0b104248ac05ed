"""What libsrtp keeps, and SSRCs that make it safe to let go of it."""

from __future__ import annotations

import os
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from signaling.media import srtp
from signaling.media.context import Context
from signaling.media.fanout import Fanout
from signaling.media.stats import Counters
from tests.signaling.media.test_fanout import Memory


def packet(ssrc: int) -> bytes:
    return b"\x80\x60\x00\x01\x00\x00\x00\x01" + ssrc.to_bytes(4, "big") + b"voice"


def test_a_forgotten_ssrc_is_gone_and_the_others_stay() -> None:
    session = Session(Policy(key=os.urandom(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    session.protect(packet(0x12345678))
    session.protect(packet(0x9ABCDEF0))
    context = srtp.context(session)
    assert srtp.forget(context, 0x12345678)
    assert not srtp.forget(context, 0x12345678)
    assert srtp.forget(context, 0x9ABCDEF0)


@given(st.integers(0, 0xFFFFFFFF))
def test_no_ssrc_is_given_out_twice_whatever_the_first_was(first: int) -> None:
    memory, counters = Memory(), Counters()
    context = Context(memory, Fanout(memory, counters), counters, last_ssrc=first)
    given_out = list(islice(iter(context.new_ssrc, None), 2_000))
    assert len(set(given_out)) == len(given_out)
    assert min(given_out) > 0
    assert max(given_out) <= 0xFFFFFFFF


def test_the_steps_between_ssrcs_come_to_all_of_them() -> None:
    # RFC 3550 knows 2³² of them; 0 is left out. Their number is 3·5·17·257·65537.
    context = Context(Memory(), Fanout(Memory(), Counters()), Counters(), last_ssrc=1)
    step = context.new_ssrc() - 1
    assert all(step % prime for prime in (3, 5, 17, 257, 65537))
