"""Documents of a segment, their versions, and who may have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from meetinghub.files.kinds import Kind
from meetinghub.ids import site_identity
from meetinghub.meetings.leading import leads
from meetinghub.meetings.model import Meeting, Segment
from meetinghub.people.model import Account, Right

MOST = 20
"""Documents of one segment that are shown at a time."""
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Removed:
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """One version. ``group`` is the number of its first version; ``version`` counts from 1."""

    id: int
    meeting: int
    segment: int
    name: str
    kind: Kind
    bytes: int
    digest: str
    by: str
    at: datetime
    group: int
    version: int
    removed: Removed | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as it stands now, with its earlier versions, newest first."""

    now: Document
    earlier: tuple[Document, ...] = ()


def shown(documents: Iterable[Document], segment: int) -> tuple[Shown, ...]:
    """Those of a segment that were not removed, in the order in which they were first put there."""
    groups: dict[int, list[Document]] = {}
    for each in sorted(documents, key=lambda each: each.id):
        if each.segment == segment:
            groups.setdefault(each.group, []).insert(0, each)
    return tuple(Shown(versions[0], tuple(versions[1:])) for versions in groups.values() if not versions[0].removed)


def sees(meeting: Meeting, segment: Segment, account: Account) -> bool:
    """A committee whom the segment concerns; of the street office, whoever leads or has a part in the meeting."""
    if account.seat is not None:
        site = site_identity(account.seat)
        return meeting.site(site) is not None and (segment.sites is None or site in segment.sites)
    if leads(meeting, account) or account.may(Right.LEADER):
        return True
    speaking = {each.department_id for each in meeting.segments}
    return account.department is not None and account.department in speaking
