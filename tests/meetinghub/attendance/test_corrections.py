from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.attendance.corrections import Correction, corrections, decide, propose
from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.ledger import payloads as p
from meetinghub.ledger.attendance import Status
from meetinghub.ledger.fact import Fact
from tests.meetinghub.meetings.examples import NOON

SAID = (Status.ABSENT, 3)


def history(
    *said: tuple[str, p.AttendanceCorrectionProposed | p.AttendanceCorrectionDecided],
) -> tuple[Correction, ...]:
    at = NOON + timedelta(hours=2)
    return corrections(Fact(number, 1, at, by, payload) for number, (by, payload) in enumerate(said, start=1))


PROPOSED = p.AttendanceCorrectionProposed("site-04", "present", None, "用电话参会")


def test_only_what_differs_is_proposed() -> None:
    said = propose((), site="site-04", status=Status.ABSENT, headcount=9, reason=" 数错了 ", now_said=SAID)
    assert said == p.AttendanceCorrectionProposed("site-04", None, 9, "数错了")


@pytest.mark.parametrize(("status", "headcount"), [(None, None), (Status.ABSENT, 3), (Status.ABSENT, None), (None, 3)])
def test_a_proposal_that_changes_nothing_is_refused(status: Status | None, headcount: int | None) -> None:
    with pytest.raises(Invalid) as refused:
        propose((), site="site-04", status=status, headcount=headcount, reason="x", now_said=SAID)
    assert refused.value.fields == {"status": "attendance.nothing_differs"}


@pytest.mark.parametrize(("headcount", "reason", "fields"), [
    (9, " ", {"reason"}), (501, "x", {"headcount"}), (-1, "", {"headcount", "reason"}), (9, "x" * 201, {"reason"}),
])  # fmt: skip
def test_every_problem_of_a_proposal_is_named_at_once(headcount: int, reason: str, fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        propose((), site="site-04", status=None, headcount=headcount, reason=reason, now_said=SAID)
    assert set(refused.value.fields) == fields


def test_a_site_has_one_proposal_that_waits() -> None:
    known = history(("site-04", PROPOSED))
    with pytest.raises(Refused, match="one_waits_already"):
        propose(known, site="site-04", status=Status.LATE, headcount=None, reason="x", now_said=SAID)
    said = propose(known, site="site-05", status=Status.LATE, headcount=None, reason="x", now_said=SAID)
    assert said.status == "late"


def test_whoever_proposed_does_not_decide() -> None:
    with pytest.raises(Refused, match="second_person"):
        decide(history(("host", PROPOSED)), 1, accepted=True, reason="", by="host")


def test_a_decision_is_final() -> None:
    decided = decide(history(("host", PROPOSED)), 1, accepted=True, reason="", by="coordinator")
    known = history(("host", PROPOSED), ("coordinator", decided))
    assert known[0].counts
    with pytest.raises(Stale):
        decide(known, 1, accepted=False, reason="x", by="chair")


def test_refusing_needs_a_reason_and_accepting_does_not() -> None:
    known = history(("host", PROPOSED))
    with pytest.raises(Invalid):
        decide(known, 1, accepted=False, reason=" ", by="chair")
    with pytest.raises(Invalid):
        decide(known, 1, accepted=False, reason="x" * 201, by="chair")
    assert decide(known, 1, accepted=False, reason=" 没有依据 ", by="chair").reason == "没有依据"


def test_a_correction_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        decide((), 7, accepted=True, reason="", by="chair")


@given(st.lists(st.tuples(st.integers(1, 6), st.booleans(), st.sampled_from(["chair", "coordinator"])), max_size=12))
def test_only_the_first_decision_over_a_proposal_counts(said: list[tuple[int, bool, str]]) -> None:
    decisions = [(by, p.AttendanceCorrectionDecided(number, accepted, "")) for number, accepted, by in said]
    known = history(*[("host", PROPOSED)] * 3, *decisions)
    assert len(known) == 3
    for each in known:
        first = next((accepted for number, accepted, _ in said if number == each.number), None)
        assert (each.decided.accepted if each.decided else None) == first
