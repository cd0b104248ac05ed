"""A real IMAP server (Dovecot) of the test's own: one user, a maildir, a port on loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from meetinghub.config import Imap

USER, PASSWORD = "hub@hub.example", "p w:@/%"
SETTINGS = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 0
mail_location = maildir:{folder}/mail
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


@dataclass
class Mailbox:
    """``deliver`` puts a mail into it, as the mail system would."""

    box: Imap
    folder: Path
    user: str
    delivered: int = 0

    def deliver(self, raw: bytes) -> None:
        self.delivered += 1
        path = self.folder / "mail" / "new" / f"{1795395600 + self.delivered}.{self.delivered}.test"
        part = self.folder / "mail" / "tmp" / path.name
        part.write_bytes(raw)
        shutil.chown(part, self.user)
        part.rename(path)


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    if not Path(program).exists():
        pytest.fail("Dovecot is not installed: apt-get install dovecot-imapd")
    user, group = _user()
    with tempfile.TemporaryDirectory(prefix="imap-") as name:
        folder, port = Path(name), _free_port()
        folder.chmod(0o755)
        for each in ("mail/new", "mail/cur", "mail/tmp"):
            (folder / each).mkdir(parents=True)
        for path in (folder / "mail", *(folder / "mail").iterdir()):
            shutil.chown(path, user)
        (folder / "users").write_text(f"{USER}:{{PLAIN.b64}}{b64encode(PASSWORD.encode()).decode()}\n")
        settings = folder / "dovecot.conf"
        settings.write_text(SETTINGS.format(folder=folder, user=user, group=group, port=port))
        process = subprocess.Popen([program, "-F", "-c", str(settings)])
        try:
            _wait(port, folder)
            yield Mailbox(Imap("127.0.0.1", port, USER, PASSWORD, implicit_tls=False), folder, user)
        finally:
            process.terminate()
            process.wait(20)


def _user() -> tuple[str, str]:
    """Dovecot's own account where we are root, else ourselves."""
    if os.getuid():
        own = pwd.getpwuid(os.getuid())
        return own.pw_name, str(own.pw_gid)
    return "dovecot", "dovecot"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int, folder: Path) -> None:
    """Until it greets."""
    for _ in range(600):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as tried:
                if tried.recv(4).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.1)
    log = folder / "log"
    pytest.fail(log.read_text() if log.exists() else "Dovecot did not start")
