"""Everything that can be set from outside, read once.

:func:`from_env` is the only reader of the environment. It reports every problem at once, each in Chinese and English,
because whoever starts the system wants to mend all of them in one go.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from meetinghub.addresses import is_address
from meetinghub.kept import kept


class ConfigError(Exception):
    """``problems`` holds one line for each variable that cannot be used."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(["配置有问题，没有启动。Cannot start:", *(f"  - {line}" for line in problems)]))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Smtp:
    """``implicit_tls`` is smtps; ``start_tls`` upgrades after EHLO (RFC 3207)."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    implicit_tls: bool = False
    start_tls: bool = False


@dataclass(frozen=True, slots=True)
class Imap:
    """The mailbox to which mails come back."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    implicit_tls: bool = True
    start_tls: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """One installation. Ports are TCP except ``media_udp_port``."""

    host: str
    port: int
    data_dir: Path
    secret_key: str
    database_url: str
    media_port: int
    media_udp_port: int
    media_public_ip: str | None
    livekit_url: str | None  # of an external server; None = our own media process
    livekit_api_key: str
    livekit_api_secret: str
    public_url: str  # without a trailing slash
    tls_cert: Path | None
    tls_key: Path | None
    smtp: Smtp | None
    mail_from: str
    webhook_allow_private: bool  # whether webhooks may go to addresses of one's own network
    clock_shift: timedelta | None  # MEETINGHUB_NOW minus the true time at which it was first read
    imap: Imap | None = None

    @property
    def embedded_media(self) -> bool:
        """Whether the media process is ours to start."""
        return self.livekit_url is None

    @property
    def loopback(self) -> bool:
        """Whether nobody outside this machine can reach the pages."""
        return is_loopback(self.host)

    @property
    def secure(self) -> bool:
        """Whether browsers see HTTPS: then cookies carry the ``__Host-`` prefix."""
        return self.public_url.startswith("https:")

    @property
    def media_api_url(self) -> str:
        """Base of RoomService (``/twirp/…``), reached from web."""
        if self.livekit_url is None:
            return f"http://{_bracketed(self.nearby)}:{self.media_port}"
        return self.livekit_url.replace("ws", "http", 1) if self.livekit_url.startswith("ws") else self.livekit_url

    @property
    def hook_url(self) -> str:
        """Where our own media process sends its webhooks: straight to web on this machine, never through a proxy."""
        scheme = "https" if self.tls_cert else "http"
        return f"{scheme}://{_bracketed(self.nearby)}:{self.port}/hooks/livekit"

    @property
    def nearby(self) -> str:
        """An address under which processes of this machine reach each other."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)


def is_loopback(host: str) -> bool:
    """Whether binding to ``host`` keeps everybody else out."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def from_env(environ: Mapping[str, str], *, fresh: bool = False) -> Config:
    """The configuration in ``environ``; raises :class:`ConfigError` with every problem found.

    Creates the data folder, and in it the secrets that were not given. All processes must agree on the time, also one
    that is started again: ``MEETINGHUB_NOW`` counts from the last reading that was ``fresh`` (the release step).
    """
    read = _Reader(environ)
    host = read.text("HOST", "127.0.0.1")
    port = read.port("PORT", 8000)
    data_dir = Path(read.text("DATA_DIR", "data")).expanduser().resolve()
    tls_cert, tls_key = read.file("TLS_CERT"), read.file("TLS_KEY")
    read.pair(tls_cert, tls_key)
    livekit_url, key, secret = read.livekit()
    public_url = read.url("PUBLIC_URL", {"http", "https"}, whole=True)
    scheme = "https" if tls_cert else "http"
    media_port, media_udp_port = read.port("MEDIA_PORT", 7880), read.port("MEDIA_UDP_PORT", 7882)
    if media_port == port:
        read.problem("MEDIA_PORT", "不能与 PORT 相同", "must differ from PORT")
    database_url = read.database("DATABASE_URL", data_dir)
    smtp, mail_from = read.mail()
    imap = read.imap("IMAP_URL")
    if imap and not mail_from:
        read.problem("MAIL_FROM", "给出 IMAP_URL 时必须填写发件人", "is needed with IMAP_URL")
    webhook_allow_private = read.flag("WEBHOOK_ALLOW_PRIVATE")
    secret_key = read.secret("SECRET_KEY")
    starts_at = read.moment("MEETINGHUB_NOW")
    clock_shift = None
    media_public_ip = read.ip("MEDIA_PUBLIC_IP")
    if not read.problems:
        try:
            secret_key = secret_key or kept(data_dir / "secret-key")
            if livekit_url is None and not key:
                key, secret = "meetinghub", kept(data_dir / "livekit-secret")
            if starts_at is not None:
                clock_shift = _clock_shift(data_dir / "clock-shift", starts_at, fresh)
        except OSError as error:
            read.problem("DATA_DIR", f"无法写入 {data_dir}：{error.strerror}", f"cannot be written: {error.strerror}")
    if read.problems:
        raise ConfigError(read.problems)
    return Config(
        host=host,
        port=port,
        data_dir=data_dir,
        secret_key=secret_key,
        database_url=database_url,
        media_port=media_port,
        media_udp_port=media_udp_port,
        media_public_ip=media_public_ip,
        livekit_url=livekit_url,
        livekit_api_key=key,
        livekit_api_secret=secret,
        public_url=public_url or f"{scheme}://{_bracketed(_shown(host))}:{port}",
        tls_cert=tls_cert,
        tls_key=tls_key,
        smtp=smtp,
        mail_from=mail_from,
        webhook_allow_private=webhook_allow_private,
        clock_shift=clock_shift,
        imap=imap,
    )


def _clock_shift(path: Path, starts_at: datetime, fresh: bool) -> timedelta:
    if fresh:
        path.unlink(missing_ok=True)
    text = kept(path, lambda: str((starts_at - datetime.now(UTC)).total_seconds()))
    return timedelta(seconds=float(text))


def _shown(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class _Reader:
    """Reads variables one by one; a bad one is noted and reads as if it were absent. Blank means absent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def problem(self, name: str, zh: str, en: str) -> None:
        self.problems.append(f"{name} {zh}。{name} {en}.")

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def port(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
            return int(text)
        self.problem(
            name, f"须是 1 到 65535 的整数，现在是「{text}」", f"must be a whole number from 1 to 65535, not {text!r}"
        )
        return default

    def flag(self, name: str) -> bool:
        text = self.text(name, "0")
        if text not in {"0", "1"}:
            self.problem(name, f"须是 0 或 1，现在是「{text}」", f"must be 0 or 1, not {text!r}")
        return text == "1"

    def secret(self, name: str) -> str:
        text = self.text(name, "")
        if text and len(text) < 32:
            self.problem(name, "至少要 32 个字符", "needs at least 32 characters")
        return text

    def file(self, name: str) -> Path | None:
        text = self.text(name, "")
        if not text:
            return None
        path = Path(text).expanduser().resolve()
        if not path.is_file():
            self.problem(name, f"找不到文件 {path}", f"names a file that is not there: {path}")
        return path

    def pair(self, cert: Path | None, key: Path | None) -> None:
        """TLS_CERT and TLS_KEY: both or none, and a certificate with its own key."""
        if (cert is None) != (key is None):
            self.problem("TLS_CERT", "与 TLS_KEY 必须同时给出", "and TLS_KEY must be given together")
        if cert is None or key is None or not (cert.is_file() and key.is_file()):
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
        except (ssl.SSLError, OSError) as error:
            self.problem("TLS_CERT", f"和 TLS_KEY 不能使用：{error}", f"and TLS_KEY cannot be used: {error}")

    def url(self, name: str, schemes: set[str], *, whole: bool = False) -> str | None:
        """``whole``: nothing may follow host and port."""
        text = self.text(name, "").rstrip("/")
        if not text:
            return None
        try:
            parts = urlsplit(text)
            good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
            good = good and not (whole and (parts.path or parts.query or parts.fragment or parts.username))
        except ValueError:
            good = False
        if not good:
            kinds = " / ".join(f"{scheme}://" for scheme in sorted(schemes))
            zh, en = ("，后面不带路径", " and nothing more") if whole else ("", "")
            self.problem(name, f"须以 {kinds} 开头并写明主机{zh}", f"must begin with {kinds} and name a host{en}")
        return text

    def ip(self, name: str) -> str | None:
        text = self.text(name, "")
        if not text:
            return None
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            self.problem(name, f"不是 IP 地址：「{text}」", f"is not an IP address: {text!r}")
            return None

    def moment(self, name: str) -> datetime | None:
        text = self.text(name, "")
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.problem(
                name,
                "须是带时区的时间，例如 2026-11-26T13:50:00+08:00",
                "must be a time with its offset, such as 2026-11-26T13:50:00+08:00",
            )
        return moment

    def database(self, name: str, data_dir: Path) -> str:
        text = self.text(name, "")
        if not text:
            return f"sqlite:///{data_dir / 'meetinghub.sqlite'}"
        scheme, _, rest = text.partition("://")
        if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
            return f"postgresql+psycopg://{rest}"
        if scheme != "sqlite":
            self.problem(name, "须以 sqlite:/// 或 postgresql:// 开头", "must begin with sqlite:/// or postgresql://")
        return text

    def livekit(self) -> tuple[str | None, str, str]:
        """Address of another's server, None for our own media; key and secret, both or neither."""
        url = self.url("LIVEKIT_URL", {"ws", "wss", "http", "https"})
        key, secret = self.text("LIVEKIT_API_KEY", ""), self.text("LIVEKIT_API_SECRET", "")
        if bool(key) != bool(secret) or (url and not key):
            self.problem(
                "LIVEKIT_API_KEY", "与 LIVEKIT_API_SECRET 必须同时给出", "and LIVEKIT_API_SECRET must both be given"
            )
        if not url:
            self.secret("LIVEKIT_API_SECRET")  # another's server may have whatever it has
        return url, key, secret

    def mail(self) -> tuple[Smtp | None, str]:
        smtp, mail_from = self.smtp("SMTP_URL"), self.text("MAIL_FROM", "")
        if smtp and not mail_from:
            self.problem("MAIL_FROM", "给出 SMTP_URL 时必须填写发件人", "is needed with SMTP_URL")
        elif mail_from and not is_address(parseaddr(mail_from)[1]):
            self.problem("MAIL_FROM", "须是邮箱地址，可带名称：街道办 <hub@example.cn>", "must be a mail address")
        return smtp, mail_from

    def smtp(self, name: str) -> Smtp | None:
        text = self.text(name, "")
        if not text:
            return None
        try:
            parts = urlsplit(text)
            if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
                raise ValueError(text)
            implicit = parts.scheme == "smtps"
            return Smtp(
                host=parts.hostname,
                port=parts.port or (465 if implicit else 25),
                user=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                implicit_tls=implicit,
                start_tls=parse_qs(parts.query).get("starttls") == ["1"],
            )
        except ValueError:
            self.problem(
                name,
                "须写成 smtp[s]://用户:口令@主机:端口?starttls=1",
                "must look like smtp[s]://user:password@host:port?starttls=1",
            )
            return None

    def imap(self, name: str) -> Imap | None:
        text = self.text(name, "")
        if not text:
            return None
        try:
            parts = urlsplit(text)
            folder = unquote(parts.path.lstrip("/")) or "INBOX"
            plain = folder.isascii() and folder.isprintable() and not set(folder) & set('"\\')
            if parts.scheme not in {"imap", "imaps"} or not (parts.hostname and parts.username and plain):
                raise ValueError(text)
            implicit = parts.scheme == "imaps"
            return Imap(
                host=parts.hostname,
                port=parts.port or (993 if implicit else 143),
                user=unquote(parts.username),
                password=unquote(parts.password or ""),
                folder=folder,
                implicit_tls=implicit,
                start_tls=parse_qs(parts.query).get("starttls") == ["1"],
            )
        except ValueError:
            self.problem(
                name,
                "须写成 imap[s]://用户:口令@主机:端口/INBOX?starttls=1",
                "must look like imap[s]://user:password@host:port/INBOX?starttls=1",
            )
            return None
