"""Years that come with the programme: chinesecalendar keeps them as the State Council announced them."""

from __future__ import annotations

from datetime import date, datetime
from importlib.metadata import version

import chinese_calendar
from sqlmodel import Session as Db

from meetinghub.clock import clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.workdays import store
from meetinghub.workdays.calendar import Kind, Source

URL = "https://github.com/LKI/chinese-calendar"


def seed(db: Db, now: datetime) -> list[int]:
    """Add the years that are not there yet; what somebody uploaded stays. The years that were added."""
    there = {year.year for year in store.years(db)}
    source = f"chinesecalendar {version('chinesecalendar')}"
    names = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    days: dict[int, dict[date, Source]] = {}
    for kind, table in ((Kind.OFF, chinese_calendar.holidays), (Kind.MAKE_UP, chinese_calendar.workdays)):
        for day, name in table.items():
            days.setdefault(day.year, {})[day] = Source(kind, names[name], source, URL)
    added = sorted(set(days) - there)
    for year in added:
        store.put(db, store.Year(year, True, source, URL, now, "", days[year]))
    return added


def fill(config: Config) -> None:
    """The release step, after the migrations."""
    database = Database(config.database_url)
    try:
        database.write_now(seed, clock(config.clock_shift).now())
    finally:
        database.close()
