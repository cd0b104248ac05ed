"""The link in a mail and what waits for a committee: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.answering import LINK_LASTS, MOST_ITEMS, Asked, answer_token, checked, read_token
from digest.model import Answer
from meetinghub.errors import Invalid, Refused
from meetinghub.ids import CommitteeId
from meetinghub.mail.links import LONGEST, Links

LINKS = Links("a secret of thirty-two characters")
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NUMBERS = st.integers(1, 10**9 - 1)


@given(
    act=st.sampled_from(Answer),
    committee=NUMBERS,
    items=st.lists(NUMBERS, min_size=1, max_size=MOST_ITEMS, unique=True),
    address=st.emails(),
)
def test_a_link_says_again_what_was_put_into_it(act: Answer, committee: int, items: list[int], address: str) -> None:
    asked = Asked(act, CommitteeId(committee), tuple(items), address)
    token = answer_token(LINKS, asked, day=NOW.date())
    assert token == answer_token(LINKS, asked, day=NOW.date())
    if len(token) <= LONGEST:
        assert read_token(LINKS, token, now=NOW) == asked


def test_a_link_for_as_many_items_as_are_allowed_fits_an_address() -> None:
    items = tuple(range(1_000_000, 1_000_000 + MOST_ITEMS))
    asked = Asked(Answer.READ, CommitteeId(133), items, f"{'long' * 16}@street-office.example.cn")
    assert len(answer_token(LINKS, asked, day=NOW.date())) <= LONGEST


@pytest.mark.parametrize("count", [0, MOST_ITEMS + 1])
def test_a_link_for_nothing_or_for_too_much_is_not_made(count: int) -> None:
    with pytest.raises(ValueError, match="not too many"):
        answer_token(LINKS, Asked(Answer.READ, CommitteeId(1), tuple(range(1, count + 1)), "x@y.cn"), day=NOW.date())


def test_a_link_lasts_from_the_day_of_its_mail() -> None:
    token = answer_token(LINKS, Asked(Answer.DONE, CommitteeId(1), (5,), "x@y.cn"), day=NOW.date())
    assert read_token(LINKS, token, now=NOW + LINK_LASTS - timedelta(days=1)).items == (5,)
    with pytest.raises(Refused):
        read_token(LINKS, token, now=NOW + LINK_LASTS)


def test_what_is_typed_is_kept_without_what_no_database_stores() -> None:
    assert checked(" 一行\r\n两行\x00 ", "note", 20) == "一行\n两行"
    with pytest.raises(Invalid):
        checked("", "note", 20, missing="form.too_long")
