"""Signed links: only ours open, only for their purpose, only in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.errors import NotFound, Refused
from meetinghub.mail.links import Link, Links, hidden

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LINKS = Links("a secret of at least thirty-two letters")
LINK = Link("approve", "request-7", "leader", NOW + timedelta(days=3))


@given(st.text(), st.text(), st.text(), st.integers(1, 10**8))
def test_what_was_signed_reads_back(purpose: str, subject: str, recipient: str, seconds: int) -> None:
    link = Link(purpose, subject, recipient, NOW + timedelta(seconds=seconds))
    token = LINKS.token(link)
    assert quote(token, safe="") == token
    if len(token) <= 1000:
        assert LINKS.read(token, purpose=purpose, now=NOW) == link


@given(st.integers(0, 400), st.characters())
def test_a_changed_token_opens_nothing(position: int, character: str) -> None:
    token = LINKS.token(LINK)
    position %= len(token)
    changed = token[:position] + character + token[position + 1 :]
    if changed != token:
        with pytest.raises(NotFound):
            LINKS.read(changed, purpose="approve", now=NOW)


@pytest.mark.parametrize("token", ["", "mh1", "mh1..", "mh1.x.y", "mh1." + "a" * 2000 + ".b", "../../etc"])
def test_what_is_no_token_opens_nothing(token: str) -> None:
    with pytest.raises(NotFound):
        LINKS.read(token, purpose="approve", now=NOW)


def test_a_link_opens_the_page_it_was_made_for_only() -> None:
    with pytest.raises(NotFound):
        LINKS.read(LINKS.token(LINK), purpose="rsvp", now=NOW)


def test_another_installations_links_open_nothing() -> None:
    with pytest.raises(NotFound):
        Links("another secret of thirty-two letters").read(LINKS.token(LINK), purpose="approve", now=NOW)


def test_a_link_ends_when_it_says() -> None:
    token = LINKS.token(LINK)
    assert LINKS.read(token, purpose="approve", now=LINK.expires_at - timedelta(seconds=1)) == LINK
    with pytest.raises(Refused, match=r"link\.expired"):
        LINKS.read(token, purpose="approve", now=LINK.expires_at)


def test_whoever_may_only_read_a_mail_sees_no_token() -> None:
    token = LINKS.token(LINK)
    shown = hidden(f'<a href="https://hub.example.cn/approvals/{token}">审批</a> {token}。')
    assert token.rpartition(".")[2] not in shown
    assert shown.startswith('<a href="https://hub.example.cn/approvals/mh1.…">')
