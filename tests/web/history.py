"""A file that is being worked on, one that was taken, and a survey: each with number 1."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session as Db

from meetinghub.baselines import store as baselines
from meetinghub.baselines.model import Baseline, Provenance
from meetinghub.imports import columns, store
from meetinghub.imports.model import Table
from meetinghub.imports.store import Taking


def brought_in(db: Db, *, now: datetime) -> None:
    table = Table("csv", (("会议名称", "日期"), ("例会", "2026-3-5")))
    store.add_draft(db, file="a.csv", digest="a", table=table, settings=columns.guess(table), by="admin", now=now)
    day = date(2026, 3, 5)
    store.add_taking(db, Taking(0, "b.csv", "csv", "b", "b", 0, 0, 0, 0, day, day, now, "admin"), [])
    survey = Baseline(0, date(2024, 1, 1), date(2024, 6, 30), 282, 274, 33, "问卷")
    baselines.add(db, survey, Provenance(now, "admin", "", "", ""))
