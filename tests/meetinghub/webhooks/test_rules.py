"""Signing, targets, events and delays."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from meetinghub.ledger.agendas import ClaimMade
from meetinghub.ledger.fact import Fact
from meetinghub.webhooks import events, signing, targets
from meetinghub.webhooks.states import DELAYS, delay

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_a_message_is_signed_as_standard_webhooks_says() -> None:
    secret = signing.secret("k" * 32, "salt")
    assert secret.startswith("whsec_")
    assert secret == signing.secret("k" * 32, "salt") != signing.secret("k" * 32, "other")
    found = signing.headers(secret, "msg_1_2", '{"a":1}', NOW)
    key = base64.b64decode(secret[6:])
    assert len(key) == 32
    signed = hmac.new(key, f"msg_1_2.{int(NOW.timestamp())}.".encode() + b'{"a":1}', hashlib.sha256).digest()
    assert found["webhook-signature"] == "v1," + base64.b64encode(signed).decode()
    assert found["webhook-id"] == "msg_1_2"


def test_a_message_says_which_what_and_when_and_nothing_else() -> None:
    fact = Fact(12, 7, NOW, "dept-03", ClaimMade(3, 5, 10, False))
    assert json.loads(events.body(fact)) == {
        "type": "claim.made",
        "timestamp": "2026-11-23T06:00:00.000000Z",
        "data": {"fact": 12, "meeting": 7, "claim": 3},
    }


def test_every_offered_event_has_a_name_of_its_own() -> None:
    assert [events.kind_of(events.name_of(kind)) for kind in events.OFFERED] == list(events.OFFERED)
    assert events.kind_of("token.made") is None


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://example.org/x", "https://", "https://user:pw@example.org/", "https://example.org/#x",
        "https://example.org/a b", "http://[::1", "https://例.cn/", "https://example.org:0/", "https://x/" + "a" * 500,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    assert targets.problem(url, private=True) == "webhook.bad_url"


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "a.localhost", "hub.local", "db.internal", "127.0.0.1", "10.0.0.5", "192.168.1.1", "172.16.0.1",
        "169.254.169.254", "0.0.0.0", "100.64.0.1", "[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]", "[2002:a00:1::]", "224.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_addresses_of_one_s_own_network_are_refused_unless_allowed(host: str) -> None:
    assert targets.problem(f"http://{host}/hook", private=False) == "webhook.private"
    assert targets.problem(f"http://{host}/hook", private=True) == ""


@pytest.mark.parametrize("host", ["example.org", "93.184.216.34", "[2606:2800:220:1::1]"])
def test_public_addresses_are_let_through(host: str) -> None:
    assert targets.problem(f"https://{host}:8443/hook?x=1", private=False) == ""


def test_waits_grow_and_end() -> None:
    waits = [delay(tries) for tries in range(1, len(DELAYS) + 2)]
    assert waits[:-1] == sorted(DELAYS)
    assert waits[-1] is None
