"""What calendars ask of others: who is needed when, which is the agendas' rule. Minutes from the meeting's start."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from meetinghub.calendars.model import Planned
from meetinghub.people.model import Role

Span = tuple[int, int]


class Parts(Protocol):
    def of_person(self, meeting: Planned, *, roles: Collection[Role], lines: Collection[str], seat: int) -> Span | None:
        """From the first item that concerns somebody of a committee to the end of the last; None when none does."""
        ...

    def of_site(self, meeting: Planned, seat: int) -> Sequence[tuple[str, str, Span]]:
        """Role, line and part of each group of a committee's people whom something concerns."""
        ...

    def of_department(self, meeting: Planned, department: int) -> Span | None:
        """From the first item that a department speaks to, to the end of the last."""
        ...
