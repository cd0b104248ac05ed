"""What is red or amber for a committee: tasks that are overdue or nearly so, minutes it never took note of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db

from digest.page import Light, LightKind, OpenTask, TaskKind
from digest.ports import OpenTasks
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId
from meetinghub.minutes import store as minutes
from meetinghub.minutes.store import Unread

SOON = timedelta(days=3)
READ_WITHIN = timedelta(days=7)
"""Minutes that were published longer ago give a light …"""
FORGOTTEN = timedelta(days=91)
"""… until then."""


class LightsOn:
    """Implements :class:`digest.ports.Lights`."""

    def __init__(self, tasks: OpenTasks) -> None:
        self._tasks = tasks

    def of(
        self, db: Db, committees: Collection[CommitteeId], *, today: date
    ) -> Mapping[CommitteeId, tuple[Light, ...]]:
        tasks = self._tasks.of(db, committees, today=today)
        midnight = datetime.combine(today, time(), SHANGHAI)
        unread = minutes.unread_between(db, committees, midnight - FORGOTTEN, midnight - READ_WITHIN)
        return {
            committee: tuple(
                [*_of_tasks(tasks.get(committee, ()), today), *_of_minutes(unread.get(committee, ()))],
            )
            for committee in committees
        }


def _of_tasks(tasks: Sequence[OpenTask], today: date) -> list[Light]:
    """``tasks`` are in the order of their dates."""
    late = [each for each in tasks if each.due_on is not None and each.due_on < today]
    soon = [each for each in tasks if each.due_on is not None and today <= each.due_on <= today + SOON]
    return [_light(kind, each) for kind, each in ((LightKind.OVERDUE, late), (LightKind.DUE_SOON, soon)) if each]


def _light(kind: LightKind, tasks: Sequence[OpenTask]) -> Light:
    first = tasks[0]
    assert first.due_on is not None
    ours = all(each.kind is TaskKind.NOTICE for each in tasks)
    return Light(kind, len(tasks), first.text, first.due_on, "/notice" if ours else "/tasks")


def _of_minutes(unread: Sequence[Unread]) -> list[Light]:
    """``unread``: the oldest first."""
    if not unread:
        return []
    first = unread[0]
    path = f"/meetings/{first.meeting}/minutes"
    day = first.published_at.astimezone(SHANGHAI).date()
    return [Light(LightKind.MINUTES_UNREAD, len(unread), first.title, day, path)]
