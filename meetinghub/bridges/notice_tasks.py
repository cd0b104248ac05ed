"""What a committee has not done yet: tasks of minutes, and actions of earlier issues."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlmodel import Session as Db

from digest import earlier_store
from digest.page import OpenTask, TaskKind
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId
from meetinghub.minutes import task_store
from meetinghub.minutes.task_store import Given


class TasksNotDone:
    """Implements :class:`digest.ports.OpenTasks`."""

    def of(
        self, db: Db, committees: Collection[CommitteeId], *, today: date
    ) -> Mapping[CommitteeId, tuple[OpenTask, ...]]:
        given = task_store.open_of(db, committees)
        actions = earlier_store.open_actions(db, committees, today=today)
        found = {}
        for committee in committees:
            tasks = [_task(each) for each in given.get(committee, ())]
            found[committee] = tuple(sorted([*tasks, *actions.get(committee, ())], key=_urgency))
        return found


def _urgency(task: OpenTask) -> tuple[date, str, int]:
    return (task.due_on or date.max, task.kind.value, task.task)


def _task(given: Given) -> OpenTask:
    return OpenTask(
        kind=TaskKind.MINUTES,
        task=given.task,
        text=given.text,
        due_on=given.due,
        source=given.title,
        given_on=given.starts_at.astimezone(SHANGHAI).date(),
        departments=(given.department,),
        meeting=given.meeting,
    )
