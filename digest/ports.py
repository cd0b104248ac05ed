"""What the notice asks of other features, inside its caller's transaction. Committees → what concerns each; one that
nothing concerns may be missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from sqlmodel import Session as Db

from digest.page import Light, OpenTask, OwnMeeting
from meetinghub.ids import CommitteeId


class WeekMeetings(Protocol):
    def of(
        self, db: Db, first: date, last: date, committees: Collection[CommitteeId]
    ) -> Mapping[CommitteeId, tuple[OwnMeeting, ...]]:
        """Meetings on the days ``first`` to ``last`` (both of them, Shanghai's) that each takes part in, by time;
        cancelled ones are left out."""
        ...


class OpenTasks(Protocol):
    def of(
        self, db: Db, committees: Collection[CommitteeId], *, today: date
    ) -> Mapping[CommitteeId, tuple[OpenTask, ...]]:
        """Minutes' tasks, and actions of earlier issues, that each has not done; by the day they are due."""
        ...


class Lights(Protocol):
    def of(
        self, db: Db, committees: Collection[CommitteeId], *, today: date
    ) -> Mapping[CommitteeId, tuple[Light, ...]]:
        """What is overdue or soon due: red ones first."""
        ...
