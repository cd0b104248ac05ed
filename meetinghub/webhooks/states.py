"""A delivery's states, and when it is tried again.

::

    owed ──claim──▶ claimed ──accept──▶ accepted
     ▲                │  └───────give_up─────────▶ failed
     ├──defer, expire─┘                              │
     └───────────────────────resend──────────────────┘   (also from accepted)

A receiver that answered without our hearing it gets the message again, with the same id: at least once, never lost.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    OWED = "owed"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    FAILED = "failed"


class Health(StrEnum):
    """Of a webhook. ``failing``: nothing was accepted for :data:`PATIENCE`; ``gone``: its receiver answered 410."""

    ACTIVE = "active"
    PAUSED = "paused"
    FAILING = "failing"
    GONE = "gone"


DELAYS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Before the second try, the third …; after the last one a delivery has failed."""
PATIENCE = timedelta(days=5)
LEASE = timedelta(seconds=60)
KEPT = timedelta(days=30)
"""How long a settled delivery can be looked at."""


def delay(tries: int) -> timedelta | None:
    """How long to wait after so many tries (at least one); None: no more."""
    return DELAYS[tries - 1] if tries <= len(DELAYS) else None
