"""A mail as it is owed and as it goes over the wire (RFC 5322, RFC 2045–2047).

What people typed cannot become a header of its own: every control character of a header's text is a space, and an
address that is not plainly one never gets as far as a message.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from meetinghub.addresses import is_address

_METHOD = re.compile(r"^METHOD:([A-Za-z-]+)\r?$", re.MULTILINE)
LABEL = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""Of a list."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A mail to one person.

    ``key`` names what the mail is about and begins with its kind (``invitation:7:12:0``): owing the same key twice is
    owing it once, and the first text counts. ``calendar``: an iCalendar object with a METHOD. Mails of one
    ``order_key`` (a UID, say) to one recipient go out in the order in which they were owed. ``not_before`` None = at
    once; after ``not_after`` it is not sent any more. ``reply_to`` is an address. ``list_id`` is the label of the list
    that it belongs to (RFC 2919; ``notice``), in our domain.
    """

    key: str
    to: str
    subject: str
    text: str
    html: str = ""
    calendar: str = ""
    order_key: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    to_name: str = ""
    reply_to: str = ""
    list_id: str = ""

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Sender:
    """``name`` may be empty; ``secret`` makes Message-IDs of two installations differ."""

    address: str
    name: str
    secret: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def sender(mail_from: str, secret: str) -> Sender:
    """``街道办 <hub@example.cn>`` or a bare address; raises ValueError for anything else."""
    name, address = parseaddr(mail_from)
    if not is_address(address) or clean(mail_from) != mail_from:
        raise ValueError(f"not an address: {mail_from!r}")
    return Sender(address, clean(name), secret)


def clean(text: str) -> str:
    """``text`` as one line of a header."""
    return _CONTROL.sub(" ", text).strip()


def message_id(key: str, sender: Sender) -> str:
    """The same for the same key, whoever computes it and however often."""
    digest = hmac.new(sender.secret.encode(), f"mail {key}".encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:40]}@{sender.domain}>"


def method(calendar: str) -> str:
    """The METHOD of an iCalendar object; raises ValueError when it has none."""
    found = _METHOD.search(calendar)
    if found is None:
        raise ValueError("an iCalendar object without METHOD cannot be mailed")
    return found[1].upper()


def wire(mail: Owed, sender: Sender, *, identifier: str, at: datetime) -> bytes:
    """The whole message. Equal arguments give equal bytes, so that a repeat is a copy.

    ``at`` is when it was due. Outlook reads an invitation only as an alternative of the text, some others only as an
    attachment: the same object goes out as both, and METHOD stands in both (RFC 6047, 2.4).
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(clean(mail.to_name), addr_spec=mail.to)
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    message["Subject"] = clean(mail.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = identifier
    message["Auto-Submitted"] = "auto-generated"
    if mail.list_id:
        message["List-Id"] = f"<{mail.list_id}.{sender.domain}>"
    message.set_content(_lines(mail.text), cte="base64")
    if mail.html:
        message.add_alternative(_lines(mail.html), subtype="html", cte="base64")
    if mail.calendar:
        kind = method(mail.calendar)
        message.add_alternative(_lines(mail.calendar), subtype="calendar", cte="base64", params={"method": kind})
        message.add_attachment(
            mail.calendar.encode(),
            maintype="application",
            subtype="ics",
            filename="invite.ics",
            params={"method": kind},
        )
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        assert isinstance(part, MIMEPart)
        part.set_boundary(_boundary(identifier, number))
    return message.as_bytes()


def _lines(text: str) -> str:
    """With one kind of line end and one at the end, as the message's encoder expects."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


def _boundary(identifier: str, number: int) -> str:
    """No line of base64 holds ``=_``, so it cannot occur in a part."""
    return f"=_{hashlib.sha256(f'{identifier} {number}'.encode()).hexdigest()[:32]}"
