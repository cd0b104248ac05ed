"""How the weekly notice is run: times, who is told, what happens when nobody approves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from meetinghub.ids import DepartmentId
from meetinghub.people.model import Account, Right, Role


class Unapproved(StrEnum):
    """What happens at sending time to an issue that nobody approved."""

    HOLD = "hold"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Pause:
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Times are Shanghai's. ``deadline_days`` working days before the day of sending, at ``deadline``, the regular
    issue closes. ``host`` edits and approves; ``deputy`` (an account's name) may do so too and is told second.
    ``roles``: who in a committee gets the mail besides its own mailbox. ``revision`` 0: nobody has changed anything."""

    host: DepartmentId | None = None
    deputy: str = ""
    deadline_days: int = 1
    deadline: time = time(12, 0)
    warn: time = time(7, 30)
    send: time = time(8, 30)
    remind: time = time(8, 30)
    unapproved: Unapproved = Unapproved.HOLD
    roles: tuple[Role, ...] = (Role.SECRETARY, Role.DIRECTOR)
    paused: Pause | None = None
    revision: int = 0

    def edits(self, account: Account) -> bool:
        """Whether an account may order, edit and approve: the host office, the deputy. While no host office is named,
        departments that host meetings do."""
        if account.username == self.deputy:
            return True
        if self.host is None:
            return account.may(Right.HOST)
        return account.may(Right.DEPARTMENT, Right.HOST) and account.department == self.host
