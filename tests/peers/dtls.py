"""The DTLS client of a peer and the SRTP keys that come out of it (RFC 5764), over memory buffers."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from pylibsrtp import Policy, Session

MTU = 1200
_LABEL = b"EXTRACTOR-dtls_srtp"


@dataclass(frozen=True, slots=True)
class Profile:
    name: bytes
    number: int
    key: int
    salt: int


GCM_128 = Profile(b"SRTP_AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12)
GCM_256 = Profile(b"SRTP_AEAD_AES_256_GCM", Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12)
SHA1_80 = Profile(b"SRTP_AES128_CM_SHA1_80", Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14)
PROFILES = (GCM_128, GCM_256, SHA1_80)  # as a browser with GCM enabled offers


class Identity:
    """A certificate of one peer, made new for each as browsers do."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "WebRTC")])
        now = datetime.datetime.now(datetime.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(secrets.randbits(64))
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .sign(self.key, hashes.SHA256())
        )
        self.fingerprint = _digest(self.certificate)


def _digest(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


class WrongFingerprint(Exception):
    """The server's certificate is not the one its answer named."""


class Handshake:
    """Feed datagrams in, send what comes out; ``finished`` once, then `srtp` gives the sessions."""

    def __init__(self, identity: Identity, fingerprint: str, profiles: tuple[Profile, ...] = PROFILES) -> None:
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        context.use_certificate(identity.certificate)
        context.use_privatekey(identity.key)
        context.set_cipher_list(b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305")
        context.set_tlsext_use_srtp(b":".join(p.name for p in profiles))
        self._ssl = SSL.Connection(context, None)
        self._ssl.set_ciphertext_mtu(MTU)
        self._ssl.set_connect_state()
        self._fingerprint = fingerprint
        self._profiles = profiles
        self.finished = False
        self.closed = False  # the server ended the association

    def advance(self, datagram: bytes | None = None) -> list[bytes]:
        """Raises `SSL.Error` when the handshake fails and `WrongFingerprint` at its end."""
        if datagram is not None:
            self._ssl.bio_write(datagram)
        if self.finished:
            try:
                self._ssl.recv(1 << 14)  # alerts; there is no application data without data channels
            except SSL.WantReadError:
                pass
            except SSL.Error:
                self.closed = True
            return self._outgoing()
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            return self._outgoing()
        certificate = self._ssl.get_peer_certificate()
        if certificate is None or _digest(certificate.to_cryptography()) != self._fingerprint:
            raise WrongFingerprint
        self.finished = True
        return self._outgoing()

    def timeout(self) -> float | None:
        """Seconds until `retransmit` is due."""
        seconds: float | None = self._ssl.DTLSv1_get_timeout()
        return seconds

    def retransmit(self) -> list[bytes]:
        self._ssl.DTLSv1_handle_timeout()
        return self._outgoing()

    def close(self) -> list[bytes]:
        if self.finished and not self.closed:
            self.closed = True
            self._ssl.shutdown()
        return self._outgoing()

    def srtp(self) -> tuple[Session, Session]:
        """(outgoing, incoming)"""
        chosen = self._ssl.get_selected_srtp_profile()
        profile = next(p for p in self._profiles if p.name == chosen)
        material: bytes = self._ssl.export_keying_material(_LABEL, 2 * (profile.key + profile.salt))

        def part(side: int) -> bytes:
            salts = 2 * profile.key
            return (
                material[side * profile.key : (side + 1) * profile.key]
                + material[salts + side * profile.salt : salts + (side + 1) * profile.salt]
            )

        return (
            Session(_policy(profile, part(0), Policy.SSRC_ANY_OUTBOUND)),
            Session(_policy(profile, part(1), Policy.SSRC_ANY_INBOUND)),
        )

    def _outgoing(self) -> list[bytes]:
        datagrams: list[bytes] = []
        while True:
            try:
                datagrams += _records(self._ssl.bio_read(1 << 16))
            except SSL.WantReadError:
                return datagrams


def _records(flight: bytes) -> list[bytes]:
    """A flight cut into datagrams at record borders (the memory buffer joins what OpenSSL wrote one by one)."""
    datagrams: list[bytes] = []
    current = b""
    while flight:
        size = 13 + int.from_bytes(flight[11:13], "big")
        record, flight = flight[:size], flight[size:]
        if current and len(current) + len(record) > MTU:
            datagrams.append(current)
            current = b""
        current += record
    return [*datagrams, current] if current else datagrams


def _policy(profile: Profile, key: bytes, direction: Any) -> Policy:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile.number)
    policy.window_size = 1024
    return policy
