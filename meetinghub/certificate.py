"""``make cert``: a certificate for this machine's addresses, for a trial in an office.

Browsers give cameras to HTTPS and to localhost only. The certificate is self-signed: each other PC is told once to
trust it. A street office's own certificate, or a proxy's, replaces it by TLS_CERT and TLS_KEY.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from meetinghub.config import Config

VALID = timedelta(days=397)
"""The longest that browsers accept."""


def make(config: Config) -> None:
    """Write ``cert.pem`` and ``key.pem`` into the data folder and say how to use them."""
    names, found = [socket.gethostname(), "localhost"], addresses()
    cert, key = pem(names, found, datetime.now(UTC))
    cert_path, key_path = config.data_dir / "cert.pem", config.data_dir / "key.pem"
    _write(key_path, key, 0o600)
    _write(cert_path, cert, 0o644)
    print(
        _instructions(
            cert_path, key_path, [each for each in found if not each.is_loopback], config.port, config.media_udp_port
        )
    )


def addresses() -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """This machine's addresses, loopback first, link-local ones left out."""
    found = {
        ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    }
    found |= {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")}
    usable = [address for address in found if not address.is_link_local]
    return sorted(usable, key=lambda address: (not address.is_loopback, address.version, int(address)))


def pem(
    names: list[str], found: list[ipaddress.IPv4Address | ipaddress.IPv6Address], now: datetime
) -> tuple[bytes, bytes]:
    """A self-signed certificate (RFC 5280) for these names and addresses, and its P-256 key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"MeetingHub {names[0]}"[:64])])
    holders = [*(x509.DNSName(name) for name in names), *(x509.IPAddress(address) for address in found)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(holders), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


def _instructions(
    cert: Path, key: Path, reachable: list[ipaddress.IPv4Address | ipaddress.IPv6Address], port: int, udp_port: int
) -> str:
    shown = reachable[0] if reachable else ipaddress.ip_address("127.0.0.1")
    host = f"[{shown}]" if shown.version == 6 else str(shown)
    return f"""证书已写好 Certificate written: {cert}

两台电脑试用 A trial on two PCs:
1. 给每个账户换上自己的口令 give each account its own password:  make trial
2. 启动 start:  HOST=0.0.0.0 MEDIA_PUBLIC_IP={shown} PUBLIC_URL=https://{host}:{port} \\
             TLS_CERT={cert} TLS_KEY={key} make run
3. 防火墙放行 open in the firewall:  TCP {port}, UDP {udp_port}
4. 把 cert.pem 拷到第二台电脑，导入「受信任的根证书」 on the second PC trust cert.pem as a root certificate
5. 第二台电脑打开 open there:  https://{host}:{port}"""
