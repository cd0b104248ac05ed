"""Which texts are mail addresses."""

from __future__ import annotations

import re

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def is_address(text: str) -> bool:
    """Whether ``text`` is an address that every SMTP server understands (RFC 5321 without quoting, ASCII only)."""
    local, at, domain = text.rpartition("@")
    return (
        bool(at)
        and len(text) <= LONGEST_ADDRESS
        and len(local) <= LONGEST_LOCAL
        and _LOCAL.fullmatch(local) is not None
        and all(_LABEL.fullmatch(label) for label in domain.split("."))
    )
