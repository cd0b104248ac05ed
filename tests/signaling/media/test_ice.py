from __future__ import annotations

import binascii
import hmac
import re
import struct
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.ice import CONSENT_SECONDS, MAX_PATHS, Agent, Credentials, parse_check

HOME = b"sockaddr-of-home"
ADDRESS = IPv4Address("192.0.2.7")


def request(agent: Agent, extra: str | None = None, *, remote: str = "them", password: str = "") -> bytes:
    message = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.REQUEST,
        attributes={"USERNAME": f"{agent.current.ufrag}:{remote}", "PRIORITY": 1},
    )
    if extra is not None:
        message.attributes[extra] = None if extra == "USE-CANDIDATE" else 5
    message.add_message_integrity((password or agent.current.password).encode())
    return bytes(message)


def agent() -> Agent:
    return Agent(remote_ufrag="them")


def answered(to: Agent, data: bytes, source: bytes = HOME, now: float = 0.0) -> bool:
    check = parse_check(data)
    return check is not None and to.answer(check, source, ADDRESS, 4000, now) is not None


def test_credentials_are_long_random_and_of_ice_characters() -> None:
    made = [Credentials.generate() for _ in range(50)]
    assert len({c.password for c in made}) == 50
    for credentials in made:
        assert re.fullmatch(r"[A-Za-z0-9+/]{4,256}", credentials.ufrag)
        assert re.fullmatch(r"[A-Za-z0-9+/]{32,256}", credentials.password)


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
def test_a_right_check_is_answered_with_the_address_it_came_from(address: str) -> None:
    ours = agent()
    check = parse_check(request(ours, "USE-CANDIDATE"))
    assert check is not None
    answer = ours.answer(check, HOME, ip_address(address), 4321, 1.0)
    assert answer is not None
    assert answer.validated
    assert answer.selected
    reply = stun.parse_message(answer.reply)
    assert reply.message_class is stun.Class.RESPONSE
    assert reply.check_message_integrity(ours.current.password.encode())
    assert reply.attributes["XOR-MAPPED-ADDRESS"] == (address, 4321)
    assert reply.transaction_id == check.transaction


def test_wrong_passwords_names_and_unsigned_checks_get_no_answer() -> None:
    ours = agent()
    assert answered(ours, request(ours))
    assert not answered(ours, request(ours, password="guess"))
    assert not answered(ours, request(ours, remote="somebody"))
    assert not answered(ours, request(Agent(remote_ufrag="them"), password=ours.current.password))
    unsigned = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.REQUEST,
        attributes={"USERNAME": f"{ours.current.ufrag}:them"},
    )
    assert parse_check(bytes(unsigned)) is None


def test_nothing_is_answered_before_the_client_is_known() -> None:
    ours = Agent()
    assert not answered(ours, request(ours))


def test_a_client_that_claims_to_be_controlled_is_told_of_the_conflict() -> None:
    ours = agent()
    check = parse_check(request(ours, "ICE-CONTROLLED"))
    assert check is not None
    answer = ours.answer(check, HOME, ADDRESS, 1, 0.0)
    assert answer is not None
    assert not answer.validated
    reply = stun.parse_message(answer.reply)
    assert reply.error_code == 487
    assert reply.check_message_integrity(ours.current.password.encode())
    assert ours.paths == {}


@given(st.data())
def test_a_check_changed_in_any_signed_bit_is_not_answered(data: st.DataObject) -> None:
    ours = agent()
    packet = bytearray(request(ours, "USE-CANDIDATE"))
    bit = data.draw(st.integers(0, len(packet) * 8 - 65))  # behind it only the fingerprint, which signs nothing
    packet[bit // 8] ^= 1 << bit % 8
    assert not answered(ours, bytes(packet))


@given(st.data())
def test_a_check_cut_short_is_not_answered(data: st.DataObject) -> None:
    ours = agent()
    packet = request(ours)
    assert not answered(ours, packet[: data.draw(st.integers(0, len(packet) - 1))])


@given(st.binary(max_size=600))
def test_noise_is_read_without_trouble(noise: bytes) -> None:
    parse_check(noise)
    parse_check(struct.pack("!HHI", 1, len(noise) & 0xFFFC, 0x2112A442) + bytes(12) + noise[: len(noise) & ~3])


def signed(attributes: bytes, password: str, *, after: bytes = b"") -> bytes:
    """A request made by hand: what another implementation would never send."""
    head = struct.pack("!HHI", 1, len(attributes) + 24, 0x2112A442) + bytes(12) + attributes
    message = head + struct.pack("!HH", 8, 20) + hmac.digest(password.encode(), head, "sha1") + after
    return message[:2] + struct.pack("!H", len(message) - 20) + message[4:]


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def test_attributes_behind_the_signature_count_for_nothing() -> None:
    ours = agent()
    name = attribute(6, f"{ours.current.ufrag}:them".encode())
    check = parse_check(signed(name, ours.current.password, after=attribute(0x25, b"")))
    assert check is not None
    assert not check.nominated


def test_a_fingerprint_must_be_right_and_last() -> None:
    ours = agent()
    name = attribute(6, f"{ours.current.ufrag}:them".encode())
    packet = signed(name, ours.current.password)
    packet = packet[:2] + struct.pack("!H", len(packet) + 8 - 20) + packet[4:]
    right = attribute(0x8028, struct.pack("!I", binascii.crc32(packet) ^ 0x5354554E))
    assert parse_check(packet + right) is not None
    assert parse_check(packet + attribute(0x8028, b"abcd")) is None
    assert parse_check(packet[:2] + struct.pack("!H", len(packet) + 12 - 20) + packet[4:] + right + bytes(4)) is None


def test_names_that_are_no_names_are_not_read() -> None:
    for name in (b"\xff\xfe:them", b"no-colon"):
        assert parse_check(signed(attribute(6, name), "x")) is None
    assert parse_check(signed(b"", "x")) is None
    short = struct.pack("!HHI", 1, 16, 0x2112A442) + bytes(12) + attribute(6, b"a:b") + attribute(8, b"abcd")
    assert parse_check(short) is None
    odd = struct.pack("!HHI", 1, 2, 0x2112A442) + bytes(12) + b"\0\6"
    assert parse_check(odd) is None


def test_the_latest_nomination_is_where_packets_go() -> None:
    ours = agent()
    assert answered(ours, request(ours), b"first")
    assert ours.selected == b"first"
    assert answered(ours, request(ours), b"second")
    assert ours.selected == b"first"
    assert answered(ours, request(ours, "USE-CANDIDATE"), b"second")
    assert ours.selected == b"second"


def test_consent_ends_fifteen_seconds_after_the_last_check_and_can_be_given_again() -> None:
    ours = agent()
    assert not ours.consents(0.0)
    answered(ours, request(ours), now=10.0)
    assert ours.consents(10.0 + CONSENT_SECONDS - 0.1)
    assert not ours.consents(10.0 + CONSENT_SECONDS)
    answered(ours, request(ours), now=40.0)
    assert ours.consents(41.0)
    assert ours.last_check(HOME) == 40.0
    assert ours.last_check(b"unknown") == float("-inf")


def test_only_a_few_paths_are_remembered_and_the_selected_one_always() -> None:
    ours = agent()
    answered(ours, request(ours), b"selected", 0.0)
    for number in range(30):
        answered(ours, request(ours), b"path-%d" % number, 1.0 + number)
    assert len(ours.paths) == MAX_PATHS
    assert b"selected" in ours.paths
    assert b"path-29" in ours.paths


def test_a_restart_changes_the_credentials_and_the_old_ones_hold_until_the_new_are_used() -> None:
    ours = agent()
    old = request(ours)
    before = ours.current
    ours.restart("them-again")
    assert ours.current != before
    assert answered(ours, old)
    assert not answered(ours, request(ours, remote="them"))
    assert answered(ours, request(ours, remote="them-again"))
    assert not answered(ours, old)


def test_ipv6_addresses_are_masked_with_the_transaction() -> None:
    ours = agent()
    check = parse_check(request(ours))
    assert check is not None
    answer = ours.answer(check, HOME, IPv6Address("2001:db8::1"), 1, 0.0)
    assert answer is not None
    assert IPv6Address("2001:db8::1").packed not in answer.reply
