"""A committee's PC that was paired once and from then on acts as the committee's site by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.devices.agent import browser
from meetinghub.ids import CommitteeId, DeviceId

SEEN_EVERY = timedelta(minutes=1)
"""A device's last sign of life is written down at most this often."""


@dataclass(frozen=True, slots=True)
class Device:
    """``paired_by`` is a person's name; ``address`` and ``agent`` (the browser) are those it was seen with last."""

    id: DeviceId
    committee_id: CommitteeId
    seat: int
    committee: str  # short, as on the wall
    committee_full: str
    address: str
    agent: str
    csrf: str
    paired_at: datetime
    paired_by: str
    seen_at: datetime

    @property
    def browser(self) -> str:
        return browser(self.agent)


@dataclass(frozen=True, slots=True)
class Asking:
    """A PC that shows a code: ``digest`` of its token, ``code`` the keyed digest of what it shows."""

    digest: str
    code: str
    address: str
    agent: str
    asked_at: datetime

    @property
    def browser(self) -> str:
        return browser(self.agent)


@dataclass(frozen=True, slots=True)
class Code:
    """What a PC shows until ``expires_at``."""

    digits: str
    expires_at: datetime
