"""What bringing in history needs of others; :mod:`meetinghub.bridges.importing` joins them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from sqlmodel import Session as Db

from meetinghub.imports.model import Held

Same = tuple[date, str, int | str]
"""The day in Shanghai, the title and the department (or its name): two meetings with the same are one."""


class History(Protocol):
    """Where meetings that were held count. Each method belongs to the caller's writing transaction."""

    def enter(self, db: Db, taking: int, meetings: Sequence[tuple[Held, int]], *, now: datetime, actor: str) -> None:
        """Each meeting comes with how many persons it called."""
        ...

    def leave(self, db: Db, taking: int, *, now: datetime, actor: str) -> None:
        """They count no more."""
        ...


class Planned(Protocol):
    def same(self, db: Db, first: datetime, until: datetime) -> set[Same]:
        """The installation's own meetings that begin in between."""
        ...
