"""What the agenda's page shows, worked out from a plan: where everything stands to scale, and what each answer does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp.web import AppKey

from meetinghub.agendas import audiences, board, preview
from meetinghub.agendas import plan as rules
from meetinghub.agendas.audiences import Part, Strip
from meetinghub.agendas.claims import ON_THE_AGENDA, Act, Claim, may_follow
from meetinghub.agendas.plan import NEW, Plan, Timing
from meetinghub.agendas.preview import Preview
from meetinghub.agendas.service import Agendas
from meetinghub.errors import Refused
from meetinghub.meetings.model import Segment
from meetinghub.people.model import Account

AGENDAS = AppKey("agendas", Agendas)

SCALE = 5
LARGEST_SCALE = 9
TARGET = 46
"""Pixels that a segment needs to hold its buttons: short ones enlarge the scale of the whole board."""
ONE_LINE = 60
"""Pixels up to which a segment writes its two lines on one."""


@dataclass(frozen=True, slots=True)
class Bar:
    """``start`` and ``minutes`` from the meeting's start."""

    segment: Segment
    start: int
    minutes: int
    short: bool
    ride: bool
    up: bool
    down: bool


@dataclass(frozen=True, slots=True)
class Lane:
    strip: Strip
    part: Part | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One way to take a claim in. ``problem`` stands there when it does not go; ``insert_at`` is the minute on the
    present board where the newcomer's line is drawn; ``waits`` person-minutes more than now."""

    timing: Timing
    problem: Refused | None = None
    found: Preview | None = None
    after: Segment | None = None
    span: tuple[int, int] = (0, 0)
    insert_at: int = 0
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Review:
    """A claim that is looked at: for how many minutes, how many people it calls in anew, and what each way would do."""

    claim: Claim
    minutes: int
    newly: int
    options: tuple[Option, ...]
    chosen: Timing


@dataclass(frozen=True, slots=True)
class Board:
    scale: int
    bars: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    booked: int
    height: int
    axis: tuple[tuple[int, bool], ...]


def drawn(plan: Plan) -> Board:
    agenda, booked = plan.agenda, board.length(plan.agenda)
    spans, free = board.spans(agenda), board.movable(agenda)
    shortest = min((each.minutes for each in agenda), default=TARGET)
    scale = max(SCALE, min(LARGEST_SCALE, -(-TARGET // shortest)))
    rides = {each.segment for each in plan.claims if each.state in ON_THE_AGENDA}
    bars = tuple(
        Bar(
            segment=each,
            start=spans[each.id][0],
            minutes=each.minutes,
            short=each.minutes * scale <= ONE_LINE,
            ride=each.id in rides or _another_s(plan, each),
            up=at > free.start and at in free,
            down=at < free.stop - 1 and at in free,
        )
        for at, each in enumerate(agenda)
    )
    end = booked if plan.finalised_at else max(booked, plan.capacity)
    lanes = []
    for strip in audiences.strips(agenda, plan.meeting.audience):
        part = audiences.part(agenda, plan.meeting.audience, strip)
        lanes.append(Lane(strip, part, part is not None and part.minutes == booked))
    edges = [(start, False) for start, _ in spans.values()] + [(booked, False)]
    return Board(scale, bars, tuple(lanes), booked, end, tuple(edges + ([(end, True)] if end > booked else [])))


def reviewed(plan: Plan, claim: Claim, minutes: int, chosen: Timing) -> Review:
    audience = claim.audience or plan.meeting.audience
    newly = audiences.newly(plan.agenda, plan.meeting.audience, audience, plan.people)
    options = tuple(_option(plan, rules.segment_of(claim, minutes), timing) for timing in Timing)
    usable = [each.timing for each in options if each.problem is None]
    if chosen not in usable and usable:
        chosen = usable[0]
    return Review(claim, minutes, newly, options, chosen)


def digits(minutes: int) -> str:
    """``105`` → ``1-0-5``, by which the style sheet knows where a bar stands: inline styles are not allowed."""
    return "-".join(f"{max(0, min(minutes, 999)):03d}")


def moment(plan: Plan, minutes: int) -> datetime:
    return plan.meeting.starts_at + timedelta(minutes=minutes)


def own_claims(plan: Plan, account: Account) -> Sequence[Claim]:
    return [each for each in plan.claims if each.department == account.department]


def acts_on(claim: Claim) -> frozenset[Act]:
    return may_follow(claim.state)


def _another_s(plan: Plan, segment: Segment) -> bool:
    host = plan.meeting.host_department_id
    return host is not None and segment.department_id not in {None, host}


def _option(plan: Plan, segment: Segment, timing: Timing) -> Option:
    try:
        after = rules.with_segment(plan, segment, timing)
    except Refused as refused:
        return Option(timing, problem=refused)
    at = board.place_of(after, NEW)
    before = after[at - 1] if at else None
    groups = plan.groups(after)
    spans = board.spans(plan.agenda)
    return Option(
        timing=timing,
        found=preview.compare(plan.agenda, after, plan.meeting.audience),
        after=before,
        span=board.spans(after)[NEW],
        insert_at=spans[before.id][1] if before else 0,
        waits=audiences.waiting(after, groups) - _waiting_now(plan, groups),
    )


def _waiting_now(plan: Plan, groups: audiences.Signatures) -> int:
    """What the same people wait for without the newcomer."""
    now: Counter[frozenset[int]] = Counter()
    for asked, heads in groups.items():
        now[asked - {NEW}] += heads
    return audiences.waiting(plan.agenda, now)
