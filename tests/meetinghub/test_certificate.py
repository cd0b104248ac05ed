"""Certificates for a trial in an office."""

from __future__ import annotations

import ipaddress
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from meetinghub import certificate
from meetinghub.config import from_env

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_it_holds_every_name_and_address_for_as_long_as_browsers_accept() -> None:
    addresses = [
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("192.168.1.9"),
        ipaddress.ip_address("fd00::9"),
    ]
    cert, _ = certificate.pem(["hub", "localhost"], addresses, NOW)
    read = x509.load_pem_x509_certificate(cert)
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["hub", "localhost"]
    assert names.get_values_for_type(x509.IPAddress) == addresses
    assert read.not_valid_after_utc - NOW <= timedelta(days=397)


def test_a_server_can_use_the_pair_and_only_its_owner_reads_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = from_env({"DATA_DIR": str(tmp_path)})
    certificate.make(config)
    certificate.make(config)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    said = capsys.readouterr().out
    for word in (
        "make trial",
        "TLS_CERT=",
        "TLS_KEY=",
        "PUBLIC_URL=https://",
        "MEDIA_PUBLIC_IP=",
        "cert.pem",
        "UDP 7882",
    ):
        assert word in said


def test_this_machine_has_loopback_first_and_no_link_local_addresses() -> None:
    found = certificate.addresses()
    assert found[0].is_loopback
    assert not any(address.is_link_local for address in found)
