"""How long a session lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)
"""A session's last use is written down at most this often, so that reading a page does not write."""


def expired(*, created_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Whether a session has been idle for too long or is too old however busy."""
    return now - seen_at >= IDLE or now - created_at >= ABSOLUTE


def worth_noting(*, seen_at: datetime, now: datetime) -> bool:
    """Whether this use is to be written down."""
    return now - seen_at >= SEEN_EVERY
