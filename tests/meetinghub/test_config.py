"""The environment, read once."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from meetinghub import certificate
from meetinghub.config import Config, ConfigError, Smtp, from_env, is_loopback


def read(tmp_path: Path, **environ: str) -> Config:
    return from_env({"DATA_DIR": str(tmp_path / "data"), **environ})


def test_an_empty_environment_gives_a_system_for_this_machine_only(tmp_path: Path) -> None:
    config = read(tmp_path)
    assert (config.host, config.port, config.media_port, config.media_udp_port) == ("127.0.0.1", 8000, 7880, 7882)
    assert config.database_url == f"sqlite:///{tmp_path / 'data' / 'meetinghub.sqlite'}"
    assert config.loopback
    assert config.embedded_media
    assert config.public_url == "http://127.0.0.1:8000"
    assert not config.secure
    assert config.media_api_url == "http://127.0.0.1:7880"
    assert config.hook_url == "http://127.0.0.1:8000/hooks/livekit"


def test_made_secrets_are_kept_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_key == second.secret_key
    assert first.livekit_api_secret == second.livekit_api_secret
    assert len(first.secret_key) >= 32
    assert first.secret_key != first.livekit_api_secret
    for name in ("secret-key", "livekit-secret"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600


def test_all_problems_come_in_one_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(
            tmp_path,
            PORT="eighty",
            MEDIA_PORT="0",
            SECRET_KEY="short",
            DATABASE_URL="mysql://x",
            LIVEKIT_URL="ftp://x",
            SMTP_URL="mail.example",
            MEETINGHUB_NOW="2026-11-26T13:50:00",
            MEDIA_PUBLIC_IP="host.example",
            TLS_CERT="/does/not/exist.pem",
            PUBLIC_URL="meet.example",
        )
    message = str(caught.value)
    for name in ("PORT", "MEDIA_PORT", "SECRET_KEY", "DATABASE_URL", "LIVEKIT_URL", "SMTP_URL", "MEETINGHUB_NOW"):
        assert f"  - {name} " in message
    for name in ("MEDIA_PUBLIC_IP", "TLS_CERT", "PUBLIC_URL"):
        assert f"  - {name} " in message
    assert "short" not in message
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("bad", ["-1", "65536", "1e3", "²", "80 80", "٣"])
def test_a_port_is_a_plain_number_in_range(tmp_path: Path, bad: str) -> None:
    with pytest.raises(ConfigError, match="PORT"):
        read(tmp_path, PORT=bad)


def test_an_external_server_needs_its_key_and_replaces_our_media(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LIVEKIT_API_KEY"):
        read(tmp_path, LIVEKIT_URL="wss://lk.example")
    config = read(tmp_path, LIVEKIT_URL="wss://lk.example/", LIVEKIT_API_KEY="k", LIVEKIT_API_SECRET="s")
    assert not config.embedded_media
    assert config.livekit_url == "wss://lk.example"
    assert config.media_api_url == "https://lk.example"
    assert not (tmp_path / "data" / "livekit-secret").exists()


def test_key_without_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LIVEKIT_API_KEY"):
        read(tmp_path, LIVEKIT_API_KEY="k")


def test_web_and_media_cannot_share_a_port(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="MEDIA_PORT"):
        read(tmp_path, PORT="7880")


def test_a_short_secret_is_refused_for_our_own_media(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LIVEKIT_API_SECRET"):
        read(tmp_path, LIVEKIT_API_KEY="k", LIVEKIT_API_SECRET="s")
    assert read(tmp_path, LIVEKIT_API_KEY="k", LIVEKIT_API_SECRET="s" * 32).livekit_api_secret == "s" * 32


@pytest.mark.parametrize("bad", ["https://hub.example/meetings", "https://hub.example?x=1", "https://me@hub.example"])
def test_what_browsers_type_is_a_host_and_no_path(tmp_path: Path, bad: str) -> None:
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        read(tmp_path, PUBLIC_URL=bad)
    assert read(tmp_path, PUBLIC_URL="https://hub.example:8443/").public_url == "https://hub.example:8443"


def test_a_certificate_and_its_key_come_together_and_belong_together(tmp_path: Path) -> None:
    made = [certificate.pem(["hub"], [], datetime.now(UTC)) for _ in range(2)]
    cert, key, other = (tmp_path / name for name in ("cert.pem", "key.pem", "other.pem"))
    for path, text in zip((cert, key, other), (made[0][0], made[0][1], made[1][1]), strict=True):
        path.write_bytes(text)
    with pytest.raises(ConfigError, match="TLS_CERT"):
        read(tmp_path, TLS_CERT=str(cert))
    for wrong in (cert, other):
        with pytest.raises(ConfigError, match="TLS_CERT"):
            read(tmp_path, TLS_CERT=str(cert), TLS_KEY=str(wrong))
    config = read(tmp_path, TLS_CERT=str(cert), TLS_KEY=str(key), HOST="0.0.0.0")
    assert config.secure
    assert not config.loopback
    assert config.public_url == "https://127.0.0.1:8000"
    assert config.hook_url == "https://127.0.0.1:8000/hooks/livekit"


def test_postgresql_addresses_of_every_spelling_use_psycopg(tmp_path: Path) -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert read(tmp_path, DATABASE_URL=f"{scheme}://u@h/db").database_url == "postgresql+psycopg://u@h/db"


def test_mail_address_of_the_server_is_taken_apart(tmp_path: Path) -> None:
    config = read(tmp_path, SMTP_URL="smtps://me%40x:p%3Aw@mail.example", MAIL_FROM="a@b.example")
    assert config.smtp == Smtp("mail.example", 465, "me@x", "p:w", implicit_tls=True)
    config = read(tmp_path, SMTP_URL="smtp://mail.example:587?starttls=1", MAIL_FROM="a@b.example")
    assert config.smtp == Smtp("mail.example", 587, start_tls=True)
    with pytest.raises(ConfigError, match="MAIL_FROM"):
        read(tmp_path, SMTP_URL="smtp://mail.example")


def test_the_clock_can_begin_elsewhere_and_all_processes_agree(tmp_path: Path) -> None:
    there = "2026-11-26T13:50:00+08:00"
    first = read(tmp_path, MEETINGHUB_NOW=there)
    assert first.clock_shift is not None
    assert abs(datetime.now(UTC) + first.clock_shift - datetime.fromisoformat(there)) < timedelta(minutes=1)
    assert read(tmp_path, MEETINGHUB_NOW=there).clock_shift == first.clock_shift
    again = from_env({"DATA_DIR": str(tmp_path / "data"), "MEETINGHUB_NOW": there}, fresh=True)
    assert again.clock_shift is not None
    assert again.clock_shift < first.clock_shift


def test_an_unwritable_data_folder_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(ConfigError, match="DATA_DIR"):
        read(tmp_path)


@pytest.mark.parametrize(("host", "expected"), [
    ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
    ("0.0.0.0", False), ("::", False), ("192.168.1.9", False), ("hub.example", False),
])  # fmt: skip
def test_only_loopback_addresses_count_as_this_machine(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
