"""Fails when aiortc or pylibsrtp change the private parts that ``dtls``, ``channels`` and ``srtp`` rely on."""

from __future__ import annotations

import inspect

import pylibsrtp
from aiortc import RTCCertificate, RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpTransport
from OpenSSL import SSL
from pylibsrtp import _binding

from signaling.media import srtp
from signaling.media.dtls import PROFILES, make_certificate
from signaling.media.engine import MediaEngine
from tests.signaling.media.client import Client, Listener
from tests.signaling.media.conftest import Connect


def parameters(function: object) -> list[str]:
    assert callable(function)
    return list(inspect.signature(function).parameters)


def test_aiortc_still_has_the_parts_this_server_uses() -> None:
    assert parameters(RTCDtlsTransport._set_role) == ["self", "role"]
    assert parameters(RTCDtlsTransport._send_data) == ["self", "data"]
    assert parameters(RTCDtlsTransport._register_data_receiver) == ["self", "receiver"]
    assert parameters(RTCCertificate._create_ssl_context) == ["self", "srtp_profiles"]
    assert parameters(RTCSctpTransport._handle_data) == ["self", "data"]
    source = inspect.getsource(RTCDtlsTransport)
    for part in ("self._rx_srtp", "self._tx_srtp", "self._srtp_profiles", "self._task", "self.transport._recv()"):
        assert part in source
    transport_parts = set(inspect.getsource(RTCSctpTransport).split())
    assert "self.__transport._register_data_receiver(self)" in transport_parts
    assert "self._advertised_rwnd" in transport_parts


def test_libsrtp_still_answers_with_the_errors_that_are_told_apart() -> None:
    assert pylibsrtp.ERRORS[srtp.AUTH_FAIL] == "authentication failure"
    assert pylibsrtp.ERRORS[srtp.REPLAY_FAIL] == "replay check failed (bad index)"
    assert pylibsrtp.ERRORS[srtp.REPLAY_OLD] == "replay check failed (index too old)"
    assert _binding.lib.srtp_err_status_ok == 0


def test_only_forward_secret_authenticated_ciphers_are_offered() -> None:
    certificate = make_certificate()
    context = certificate._create_ssl_context(PROFILES)
    assert certificate._create_ssl_context(PROFILES) is context
    for cipher in SSL.Connection(context).get_cipher_list():
        assert cipher.startswith(("ECDHE-ECDSA-", "TLS_"))
        assert "GCM" in cipher or "CHACHA20" in cipher


async def test_the_leaner_authenticated_srtp_profile_is_chosen(connect: Connect) -> None:
    client, _ = await connect()
    ssl = client.dtls._ssl
    assert ssl is not None
    assert ssl.get_selected_srtp_profile() == b"SRTP_AEAD_AES_128_GCM"


async def test_a_certificate_that_does_not_match_its_fingerprint_is_refused(engine: MediaEngine) -> None:
    listener = Listener()
    client = await Client.open(engine, listener)
    other = RTCCertificate.generateCertificate()
    client.announce([(f.algorithm, f.value) for f in other.getFingerprints()])
    assert await client.check()
    await client.handshake()
    await listener.until(lambda events: ("disconnected", "dtls_failed") in events)
    assert not client.peer.flowing
    assert ("connected",) not in listener.events
    await client.close()


async def test_a_fingerprint_of_an_unknown_algorithm_alone_is_refused(engine: MediaEngine) -> None:
    listener = Listener()
    client = await Client.open(engine, listener)
    client.announce([("md2", "00:11")])
    assert await client.check()
    await client.handshake()
    await listener.until(lambda events: ("disconnected", "dtls_failed") in events)
    await client.close()


async def test_a_client_that_says_goodbye_is_reported(connect: Connect) -> None:
    client, listener = await connect()
    await client.dtls.stop()
    await listener.until(lambda events: ("disconnected", "dtls_closed") in events)


async def test_a_client_that_insists_on_being_the_server_is_called(engine: MediaEngine) -> None:
    listener = Listener()
    client = await Client.open(engine, listener)
    client.dtls._set_role("server")
    client.peer.start(ufrag=client.ufrag, password="x" * 24, fingerprints=client.fingerprints(), setup="passive")
    assert await client.check()
    await client.handshake()
    await listener.until(lambda events: ("connected",) in events)
    await client.close()
