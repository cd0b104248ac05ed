"""What is wished for: one question a page, kept as a whole after each answer, and as JSON between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from meetinghub.asking.audience import CALLABLE, Audience
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId
from meetinghub.meetings import recurrence
from meetinghub.meetings.recurrence import Recurrence
from meetinghub.people.model import Role

LONGEST_TITLE = 80
LONGEST_TEXT = 400
LONGEST_NAME = 80
MOST_MINUTES = 240
LONGEST_WINDOW = timedelta(days=92)
MOST_ITEMS = 12
MOST_SPARE = 60


class Kind(StrEnum):
    DISCUSSION = "discussion"
    READ_OUT = "read_out"


class Exempt(StrEnum):
    """Why the rules may let a meeting pass: not at all, required by law, an emergency, passed on from above."""

    NO = ""
    STATUTORY = "statutory"
    EMERGENCY = "emergency"
    PASSED_ON = "passed_on"


class Step(StrEnum):
    PURPOSE = "purpose"
    KIND = "kind"
    AUDIENCE = "audience"
    TIME = "time"
    RIDES = "rides"
    OWN = "own"
    CHECK = "check"


STEPS = tuple(Step)


@dataclass(frozen=True, slots=True)
class Item:
    """One agenda item of an own meeting, spoken to by somebody of the asking department."""

    title: str
    speaker: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Own:
    """The meeting of one's own. ``video``: committees join from their own rooms; otherwise they travel. ``mixed``: most
    by video, and some come to the main venue all the same.

    ``chair`` is an account's name. ``spare``: minutes kept open for other departments to ride on; nobody sits through
    what nobody claims. ``repeat``: it comes back, ``starts_at`` being the first time; ``moves`` are days of that rule
    and where they went, None = left out (:mod:`meetinghub.asking.occurrences`).
    """

    starts_at: datetime
    place: str
    video: bool
    chair: str
    items: tuple[Item, ...]
    spare: int = 0
    mixed: bool = False
    repeat: Recurrence | None = None
    moves: tuple[tuple[date, date | None], ...] = ()

    @property
    def mode(self) -> str:
        """``video``, ``mixed`` or ``in_person``."""
        return "in_person" if not self.video else "mixed" if self.mixed else "video"

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Wish:
    """``declined``: why none of the meetings that could be ridden on will do."""

    title: str = ""
    purpose: str = ""
    kind: Kind | None = None
    audience: Audience = field(default_factory=Audience)
    minutes: int = 0
    first: date | None = None
    last: date | None = None
    exempt: Exempt = Exempt.NO
    declined: str = ""
    own: Own | None = None


def answered(wish: Wish, step: Step) -> bool:
    """Whether a step has its answer. Riding has one when a reason says why no meeting will do."""
    match step:
        case Step.PURPOSE:
            return bool(wish.title and wish.purpose)
        case Step.KIND:
            return wish.kind is not None
        case Step.AUDIENCE:
            return bool(wish.audience.roles) and wish.audience.committees != frozenset()
        case Step.TIME:
            return wish.minutes > 0 and wish.first is not None and wish.last is not None
        case Step.RIDES:
            return bool(wish.declined)
        case Step.OWN:
            return wish.own is not None
        case Step.CHECK:
            return False


def reachable(wish: Wish, *, rides: bool = True) -> Step:
    """The first step without an answer: no page after it may be opened yet.

    ``rides`` False: nothing could be ridden on, so nothing has to be declined.
    """
    for step in STEPS:
        if step is Step.RIDES and not rides:
            continue
        if not answered(wish, step):
            return step
    return Step.CHECK


def following(step: Step) -> Step:
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def before(step: Step) -> Step | None:
    return STEPS[STEPS.index(step) - 1] if step is not Step.PURPOSE else None


def audience_problems(audience: Audience) -> dict[str, str]:
    """Field → code of its message."""
    problems = {}
    if not audience.roles:
        problems["roles"] = "asking.roles_missing"
    elif not set(audience.roles) <= set(CALLABLE):
        problems["roles"] = "asking.roles_unknown"
    if audience.committees == frozenset():
        problems["committees"] = "asking.committees_missing"
    return problems


def time_problems(*, minutes: int, first: date | None, last: date | None, today: date) -> dict[str, str]:
    problems = {}
    if not 1 <= minutes <= MOST_MINUTES:
        problems["minutes"] = "asking.minutes_out_of_range"
    if first is None:
        problems["first"] = "asking.day_missing"
    elif first < today:
        problems["first"] = "asking.day_past"
    if last is None:
        problems["last"] = "asking.day_missing"
    elif first is not None and last < first:
        problems["last"] = "asking.last_before_first"
    elif first is not None and last - first > LONGEST_WINDOW:
        problems["last"] = "asking.window_too_long"
    return problems


def own_problems(own: Own, now: datetime) -> dict[str, str]:
    problems = {}
    if own.starts_at <= now:
        problems["date"] = "asking.start_past"
    if not own.items:
        problems["item-1-title"] = "asking.item_missing"
    if own.minutes > MOST_MINUTES:
        problems["item-1-minutes"] = "asking.own_too_long"
    if own.spare > MOST_SPARE:
        problems["spare"] = "asking.spare_too_long"
    if own.repeat is not None:
        problems |= recurrence.problems(own.repeat, own.day)
    return problems


def as_json(wish: Wish) -> dict[str, Any]:
    own = wish.own
    return {
        "title": wish.title,
        "purpose": wish.purpose,
        "kind": wish.kind and wish.kind.value,
        "roles": [role.value for role in wish.audience.roles],
        "committees": None if wish.audience.committees is None else sorted(wish.audience.committees),
        "line": wish.audience.line,
        "minutes": wish.minutes,
        "first": wish.first and wish.first.isoformat(),
        "last": wish.last and wish.last.isoformat(),
        "exempt": wish.exempt.value,
        "declined": wish.declined,
        "own": own
        and {
            "starts_at": own.starts_at.isoformat(),
            "place": own.place,
            "video": own.video,
            "chair": own.chair,
            "spare": own.spare,
            "mixed": own.mixed,
            "repeat": own.repeat and recurrence.as_json(own.repeat),
            "moves": [[day.isoformat(), to and to.isoformat()] for day, to in own.moves],
            "items": [{"title": each.title, "speaker": each.speaker, "minutes": each.minutes} for each in own.items],
        },
    }


def from_json(value: Mapping[str, Any]) -> Wish:
    """The inverse of :func:`as_json`."""
    own, committees = value["own"], value["committees"]
    return Wish(
        title=value["title"],
        purpose=value["purpose"],
        kind=Kind(value["kind"]) if value["kind"] else None,
        audience=Audience(
            tuple(Role(role) for role in value["roles"]),
            None if committees is None else frozenset(CommitteeId(number) for number in committees),
            value["line"],
        ),
        minutes=value["minutes"],
        first=date.fromisoformat(value["first"]) if value["first"] else None,
        last=date.fromisoformat(value["last"]) if value["last"] else None,
        exempt=Exempt(value["exempt"]),
        declined=value["declined"],
        own=own
        and Own(
            datetime.fromisoformat(own["starts_at"]),
            own["place"],
            own["video"],
            own["chair"],
            tuple(Item(each["title"], each["speaker"], each["minutes"]) for each in own["items"]),
            own["spare"],
            own.get("mixed", False),
            recurrence.from_json(own["repeat"]) if own.get("repeat") else None,
            tuple(
                (date.fromisoformat(day), date.fromisoformat(to) if to else None) for day, to in own.get("moves", ())
            ),
        ),
    )
