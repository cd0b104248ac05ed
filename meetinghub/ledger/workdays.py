"""What facts say of working days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class WorkdaysSet(Payload):
    """Somebody put a year's table in place of what was known of it; days as ``2027-02-05``."""

    kind: ClassVar = FactKind.WORKDAYS_SET
    year: int
    confirmed: bool
    source: str
    url: str
    off: tuple[str, ...]
    make_up: tuple[str, ...]
