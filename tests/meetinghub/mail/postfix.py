"""A real Postfix of the test's own: a port on loopback, a queue and maildirs in a folder that goes away again.

Its master runs as root only; nothing of the machine's own configuration is read or written.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

OWNER, READER = "postfix", "nobody"
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/state
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = {domains}
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = texthash:{folder}/mailboxes
virtual_alias_maps = texthash:{folder}/aliases
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
transport_maps = texthash:{folder}/transports
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
enable_long_queue_ids = yes
bounce_notice_recipient = postmaster@nowhere.invalid
"""
SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
PATIENCE = 60


@dataclass(frozen=True)
class Post:
    """``folder`` holds its log and the mailboxes."""

    port: int
    folder: Path

    def mails(self, address: str) -> list[EmailMessage]:
        """What lies in a mailbox, in the order of arrival."""
        paths = sorted((self.folder / "boxes" / address / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]

    def wait(self, address: str, count: int = 1) -> list[EmailMessage]:
        """Until so many mails lie there."""
        for _ in range(PATIENCE * 10):
            if len(found := self.mails(address)) >= count:
                return found
            time.sleep(0.1)
        pytest.fail(f"{address} never got {count}\n{self.log()}")

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""


@contextmanager
def postfix(addresses: Sequence[str], *, gone: Sequence[str] = ()) -> Iterator[Post]:
    """Takes mails for ``addresses`` into maildirs and refuses any other of their domains; a mail to one of ``gone`` is
    taken first and comes back to its sender afterwards."""
    program = shutil.which("postfix") or "/usr/sbin/postfix"
    if not Path(program).exists():
        pytest.fail("Postfix is not installed: apt-get install postfix")
    if os.geteuid():
        pytest.skip("Postfix's master runs as root only")
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        post = Post(_free_port(), Path(name))
        _lay_out(post, addresses, gone)
        command = [program, "-c", str(post.folder / "etc")]
        _run([*command, "start"], post)
        try:
            _wait(post)
            yield post
        finally:
            _run([*command, "stop"], post)


def _lay_out(post: Post, addresses: Sequence[str], gone: Sequence[str]) -> None:
    folder, reader = post.folder, pwd.getpwnam(READER)
    folder.chmod(0o755)
    for each in ("etc", "queue", "state", "boxes"):
        (folder / each).mkdir()
    shutil.chown(folder / "state", OWNER)
    os.chown(folder / "boxes", reader.pw_uid, reader.pw_gid)
    domains = sorted({each.rpartition("@")[2] for each in (*addresses, *gone)})
    (folder / "mailboxes").write_text("".join(f"{each} {each}/\n" for each in addresses))
    (folder / "aliases").write_text("".join(f"{each} nobody@gone.invalid\n" for each in gone))
    (folder / "transports").write_text("gone.invalid error:5.1.1 no such user here\n")
    values = {"folder": folder, "domains": ", ".join(domains), "uid": reader.pw_uid, "gid": reader.pw_gid}
    (folder / "etc" / "main.cf").write_text(MAIN.format(**values))
    (folder / "etc" / "master.cf").write_text(SERVICES.format(port=post.port))


def _run(command: list[str], post: Post) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        pytest.fail(f"{' '.join(command)}: {done.stderr}{done.stdout}{post.log()}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(post: Post) -> None:
    """Until it greets."""
    for _ in range(PATIENCE * 10):
        try:
            with socket.create_connection(("127.0.0.1", post.port), timeout=5) as tried:
                if tried.recv(4).startswith(b"220"):
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(post.log() or "Postfix did not start")
