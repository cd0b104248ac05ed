"""When an issue closes, goes out and is too old; on which days people are reminded.

Moments are aware and in UTC, days and times of day are Shanghai's. A year whose table is not confirmed is treated as
plain weeks: Monday to Friday are worked, whatever festivals are known, and whoever shows such a date flags it
(:func:`certain`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from digest.model import Week
from digest.settings import Settings
from meetinghub.clock import SHANGHAI
from meetinghub.workdays.calendar import ONE_DAY, SATURDAY, Workdays, day_of

LATEST = time(17, 0)
"""On the week's last working day: nobody reads a Monday's mail after that."""
DEPUTY_AFTER = timedelta(minutes=10)
SUPPLEMENT_LASTS = timedelta(days=1)
"""How long after its moment a supplement or correction may still go out when its week is over."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A week's moments. ``closes``: items submitted from then on are late. ``tells`` and ``tells_deputy``: when nobody
    has approved. From ``latest`` on the issue is not sent any more."""

    week: Week
    day: date
    closes: datetime
    tells: datetime
    tells_deputy: datetime
    sends: datetime
    latest: datetime
    certain: bool


def works(day: date, workdays: Workdays) -> bool:
    """Whether people are at work; make-up Saturdays and Sundays are."""
    return workdays.is_working(day) if workdays.confirmed(day.year) else day.weekday() < SATURDAY


def working_weekdays(week: Week, workdays: Workdays) -> list[date]:
    """Monday to Friday without days off: the days on which an issue can go out."""
    days = [week.monday + ONE_DAY * number for number in range(SATURDAY)]
    return [day for day in days if works(day, workdays)]


def certain(week: Week, workdays: Workdays) -> bool:
    """Whether the tables of the years in which its Monday to Friday lie are confirmed."""
    return all(workdays.confirmed((week.monday + ONE_DAY * number).year) for number in range(SATURDAY))


def plan(week: Week, workdays: Workdays, settings: Settings) -> Plan | None:
    """None for a week without a working day: the next one has its items."""
    days = working_weekdays(week, workdays)
    if not days:
        return None
    day = days[0]
    tells = at(day, settings.warn)
    return Plan(
        week=week,
        day=day,
        closes=at(before(day, settings.deadline_days, workdays), settings.deadline),
        tells=tells,
        tells_deputy=tells + DEPUTY_AFTER,
        sends=at(day, settings.send),
        latest=at(days[-1], LATEST),
        certain=certain(week, workdays),
    )


def sending_moment(week: Week, workdays: Workdays, settings: Settings) -> datetime | None:
    found = plan(week, workdays, settings)
    return found.sends if found else None


def deadline(week: Week, workdays: Workdays, settings: Settings) -> datetime | None:
    found = plan(week, workdays, settings)
    return found.closes if found else None


def latest(week: Week, workdays: Workdays, settings: Settings) -> datetime | None:
    found = plan(week, workdays, settings)
    return found.latest if found else None


def plans(first: Week, workdays: Workdays, settings: Settings) -> Iterator[Plan]:
    """Those of ``first`` and of every later week that has one, without end."""
    week = first
    while True:
        found = plan(week, workdays, settings)
        if found is not None:
            yield found
        week = week.after()


def next_to_send(moment: datetime, workdays: Workdays, settings: Settings) -> Plan:
    """The first week whose sending moment lies after ``moment``."""
    candidates = plans(Week.of(day_of(moment)), workdays, settings)
    return next(each for each in candidates if each.sends > moment)


def current(moment: datetime, workdays: Workdays, settings: Settings) -> Plan:
    """The first week whose issue may still go out at ``moment``: the one that is being sent, or the next."""
    candidates = plans(Week.of(day_of(moment)), workdays, settings)
    return next(each for each in candidates if each.latest > moment)


def week_for(submitted: datetime, workdays: Workdays, settings: Settings) -> Week | None:
    """On whose board an item is put; None when it is late for the next issue, and the host office has to choose."""
    found = next_to_send(submitted, workdays, settings)
    return found.week if submitted < found.closes else None


def following(week: Week, workdays: Workdays, settings: Settings) -> Week:
    """The next week with a sending moment."""
    return next(plans(week.after(), workdays, settings)).week


def choose_by(submitted: datetime, workdays: Workdays, settings: Settings) -> datetime:
    """Until when the host office may choose for a late item; after that it goes with the next regular issue."""
    missed = next_to_send(submitted, workdays, settings)
    return next(plans(missed.week.after(), workdays, settings)).closes


def lasts_until(week: Week, ready_at: datetime | None, workdays: Workdays, settings: Settings) -> datetime:
    """Until when a supplement or correction of ``week`` may go out that was to go at ``ready_at``. While nobody has
    approved it (None), it waits until the next regular issue closes, which can still take its items."""
    if ready_at is None:
        return next(plans(week.after(), workdays, settings)).closes
    end = latest(week, workdays, settings)
    day_later = ready_at + SUPPLEMENT_LASTS
    return day_later if end is None else max(end, day_later)


def reminder_days(due_on: date, workdays: Workdays) -> tuple[date, date]:
    """The last working day before the date, and the date."""
    return before(due_on, 1, workdays), due_on


def remind_today(today: date, due: Collection[date], workdays: Workdays) -> frozenset[date]:
    """Of which of these dates ``today`` is a day to remind."""
    return frozenset(each for each in due if today in reminder_days(each, workdays))


def before(day: date, number: int, workdays: Workdays) -> date:
    """The ``number``-th working day before ``day``; ``day`` itself for 0."""
    left = number
    while left:
        day -= ONE_DAY
        left -= works(day, workdays)
    return day


def at(day: date, moment: time) -> datetime:
    """In UTC."""
    return datetime.combine(day, moment, SHANGHAI).astimezone(UTC)
