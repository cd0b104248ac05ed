"""Mails that came back, read: which of ours it was, to whom, and whether the address is dead (RFC 3464, RFC 3463).

A report of a mail server's own says it in fields. Others write it for people only, in English or Chinese: those count
when a mail server sent them and they carry one of our Message-IDs, which nobody can guess. An answer of somebody who is
on holiday, or a receipt for reading, is no returned mail.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum

LONGEST_REASON = 300
_SENDERS = re.compile(r"(mailer-daemon|postmaster|mail-daemon|mdaemon)$", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPLY = re.compile(r"\b([45])\d\d[ -]")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_NOBODY = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox)|(?:user|mailbox|recipient|address) not found"
    r"|(?:mailbox|address|account|user)[^.\n]{0,40}(?:does ?n[o']t exist|unavailable|disabled)"
    r"|invalid (?:user|recipient)|recipientnotfound|host (?:or domain name )?not found|unrouteable address"
    r"|不存在|无此用户|没有这个用户|查无此|找不到(?:收件人|该?用户|邮箱)|已(?:停用|注销)",
    re.IGNORECASE,
)
_FULL = re.compile(r"over ?quota|quota exceeded|mailbox (?:is )?full|已满|容量不足|超出.{0,4}容量", re.IGNORECASE)
_DELAY = re.compile(
    r"\bdelayed\b|warning: message .{0,40}not (?:been )?delivered|will (?:continue|keep) trying", re.IGNORECASE
)
DEAD_STATUS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"}
"""No such mailbox, no such host, no such syntax, moved, disabled: no later mail arrives there either."""
UNTOLD = {"", "5.0.0", "5.1.0", "5.3.0", "5.5.0"}
"""Codes that say nothing but that it failed: the words must tell."""


class Kind(StrEnum):
    """``DELAYED``: the server goes on trying. ``FAILED``: this mail did not arrive. ``DEAD``: nor will any other."""

    DELAYED = "delayed"
    FAILED = "failed"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Bounce:
    """``message_id`` is the returned mail's; ``recipient`` as the server named it, perhaps empty."""

    message_id: str
    recipient: str
    kind: Kind
    status: str
    reason: str


def read(raw: bytes, *, domain: str) -> Bounce | None:
    """``domain``: where our Message-IDs are from. None when it is no mail of ours that came back."""
    message = message_from_bytes(raw)
    ours = re.compile(rf"<[0-9a-f]{{40}}@{re.escape(domain)}>", re.IGNORECASE)
    identifier = _original(message, ours)
    if identifier is None or not _is_return(message):
        return None
    reports = [bounce for fields in _statuses(message) if (bounce := _reported(fields, identifier)) is not None]
    if reports:
        order = list(Kind)
        return max(reports, key=lambda each: order.index(each.kind))
    if any(part.get_content_type() == "message/delivery-status" for part in message.walk()):
        return None  # it says that the mail arrived, or was passed on
    return _told(message, identifier) if _by_a_server(message) else None


def says_dead(answer: str) -> bool:
    """Whether a server's answer to a recipient's name means that no later mail will arrive there either."""
    return _kind(_status(answer), answer) is Kind.DEAD


def _is_return(message: Message) -> bool:
    """A report of delivery, or anything that is no report at all."""
    kind = message.get_param("report-type") if message.get_content_type() == "multipart/report" else None
    return not isinstance(kind, str) or kind.lower() == "delivery-status"


def _by_a_server(message: Message) -> bool:
    local = parseaddr(str(message.get("From", "")))[1].partition("@")[0]
    return "X-Failed-Recipients" in message or _SENDERS.search(local) is not None


def _statuses(message: Message) -> Iterator[Message]:
    """The fields of each recipient."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            blocks = [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
            if not blocks:
                blocks = [message_from_string(block) for block in _text(part).split("\n\n")]
            yield from (each for each in blocks if "Final-Recipient" in each or "Original-Recipient" in each)


def _reported(fields: Message, identifier: str) -> Bounce | None:
    action = str(fields.get("Action", "failed")).strip().lower()
    status = _status(str(fields.get("Status", "")))
    named = str(fields.get("Original-Recipient") or fields.get("Final-Recipient") or "")
    told = str(fields.get("Diagnostic-Code") or fields.get("X-Supplementary-Info") or "")
    told = _line(told.partition(";")[2] or told)
    reason = told if status and status in told else f"{status} {told}".strip()
    match action:
        case "failed":
            kind = _kind(status, told)
        case "delayed":
            kind = Kind.DELAYED
        case _:
            return None
    return Bounce(identifier, _address(named.partition(";")[2]), kind, status, reason[:LONGEST_REASON])


def _told(message: Message, identifier: str) -> Bounce | None:
    """A return that is written for people, up to where it repeats what it returns."""
    text = "\n".join(_text(part) for part in _own_parts(message)).split(identifier, 1)[0]
    plain = re.sub(
        r"<(?:style|script).*?</(?:style|script)>|<[^>@]*>|&nbsp;", " ", text, flags=re.DOTALL | re.IGNORECASE
    )
    status = _status(plain)
    if not any(sign.search(plain) for sign in (_NOBODY, _FULL, _STATUS, _REPLY, _DELAY)):
        return None
    said = [line for line in map(_line, plain.splitlines()) if line]
    telling = (
        next((line for line in said if _NOBODY.search(line) or _FULL.search(line)), "")
        or next((line for line in said if _STATUS.search(line) or _REPLY.search(line)), "")
        or next(iter(said), "")
    )
    recipient = _address(str(message.get("X-Failed-Recipients", ""))) or _address(telling) or _address(plain)
    kind = Kind.DELAYED if _DELAY.search(plain) and not _NOBODY.search(plain) else _kind(status, plain)
    return Bounce(identifier, recipient, kind, status, telling[:LONGEST_REASON])


def _kind(status: str, told: str) -> Kind:
    if status in DEAD_STATUS and not _FULL.search(told):
        return Kind.DEAD
    return Kind.DEAD if status in UNTOLD and _NOBODY.search(told) and not _FULL.search(told) else Kind.FAILED


def _original(message: Message, ours: re.Pattern[str]) -> str | None:
    """The Message-ID of what was returned: from its own header, else from wherever the return repeats it."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            inner: Message | None = message_from_string(_text(part).lstrip())
        else:
            inner = part if part is not message and "Message-ID" in part else None
        if inner is not None and (found := ours.search(str(inner.get("Message-ID", "")))) is not None:
            return found[0]
    repeated = [str(message.get(name, "")) for name in ("In-Reply-To", "References")]
    repeated += [_text(part) for part in message.walk() if not part.is_multipart()]
    found = next((match for each in repeated if (match := ours.search(each)) is not None), None)
    return found[0] if found else None


def _own_parts(message: Message) -> Iterator[Message]:
    """What the server wrote, without the mail that it returns."""
    if message.get_content_type() == "message/rfc822":
        return
    payload = message.get_payload()
    if isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _own_parts(part)
    elif message.get_content_type() in {"text/plain", "text/html"}:
        yield message


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = (part.get_content_charset() or "utf-8").lower()
    charset = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030"}.get(charset, charset)
    try:
        return payload.decode(charset, "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""


def _address(text: str) -> str:
    found = _ADDRESS.search(text)
    return found[0] if found else ""


def _line(text: str) -> str:
    """As one line, encoded words made readable."""
    with contextlib.suppress(ValueError, LookupError):  # an encoded word that is none
        text = str(make_header(decode_header(text)))
    return re.sub(r"\s+", " ", text).strip()
