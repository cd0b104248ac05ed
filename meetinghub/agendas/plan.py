"""A meeting before it is held, with the claims to its minutes: what may be done with it, by whom, until when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from meetinghub.agendas import board, claims, ordering
from meetinghub.agendas.audiences import Signatures, signatures, waiting
from meetinghub.agendas.board import Agenda
from meetinghub.agendas.claims import Claim, Deadlines
from meetinghub.errors import Invalid, Refused
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Meeting, Segment
from meetinghub.people.model import Account, Person, Right

REASON_LENGTH = 200
LONGEST_MEETING = 480
LEAST_CLAIM = board.SHORTEST
OPEN = (State.PLANNED, State.POSTPONED)
NEW = 0
"""The number of a segment that is not written yet."""


class Timing(StrEnum):
    """What happens to the others when a segment comes in: they shift later, they are squeezed so that the end stays,
    or everything is ordered anew."""

    SHIFT = "shift"
    FIT = "fit"
    ARRANGE = "arrange"


@dataclass(frozen=True, slots=True)
class Plan:
    """``meeting.starts_at`` is the start as it is expected now; ``people`` are all who may be called."""

    meeting: Meeting
    state: State
    claims: tuple[Claim, ...]
    deadlines: Deadlines
    people: tuple[Person, ...]
    called_at: datetime | None = None
    finalised_at: datetime | None = None

    @property
    def agenda(self) -> Agenda:
        return self.meeting.segments

    @property
    def capacity(self) -> int:
        return max(self.meeting.capacity, board.length(self.agenda))

    @property
    def free(self) -> int:
        """Minutes that can still be claimed."""
        return claims.free(self.capacity, board.length(self.agenda), self.claims)

    @property
    def waiting(self) -> tuple[Claim, ...]:
        return tuple(each for each in self.claims if each.state is claims.WAITING)

    @property
    def ends_at(self) -> datetime:
        return self.meeting.starts_at + timedelta(minutes=board.length(self.agenda))

    @property
    def mark(self) -> str:
        """Changes whenever the agenda or a claim does: a form that was made before that is refused."""
        shown = [
            [[each.id, each.minutes] for each in self.agenda],
            [[each.id, each.state.value] for each in self.claims],
            self.capacity,
        ]
        return blake2b(json.dumps(shown).encode(), digest_size=8).hexdigest()

    def begun(self) -> bool:
        return self.state not in OPEN

    def closed(self, now: datetime) -> bool:
        """No more claims."""
        return self.begun() or self.finalised_at is not None or now >= self.deadlines.close_at

    def locked(self, now: datetime) -> bool:
        """Changes need a reason and are told to those whom they touch."""
        return self.finalised_at is not None or now >= self.deadlines.close_at

    def groups(self, agenda: Sequence[Segment]) -> Signatures:
        seats = {site.committee_id: site.seat for site in self.meeting.sites}
        return signatures(agenda, self.meeting.audience, self.people, seats)

    def claim(self, number: int) -> Claim | None:
        return next((each for each in self.claims if each.id == number), None)


def hosts(plan: Plan, account: Account) -> bool:
    """The host department, any of its people in place of one another, or the coordinator in place of them all."""
    if account.may(Right.COORDINATOR):
        return True
    own = plan.meeting.host_department_id
    if own is None:
        return account.may(Right.HOST)
    return account.may(Right.HOST, Right.DEPARTMENT) and account.department == own


def must_be_open(plan: Plan) -> None:
    if plan.begun():
        raise Refused("agenda.begun")


def reason_for(plan: Plan, reason: str, now: datetime) -> str:
    """The reason of a change, which a locked agenda asks for."""
    reason = reason.strip()
    if len(reason) > REASON_LENGTH:
        raise Invalid(fields={"reason": "form.too_long"}, limit=REASON_LENGTH)
    if plan.locked(now) and not reason:
        raise Invalid(fields={"reason": "agenda.reason_when_locked"})
    return reason


def check_claim(plan: Plan, minutes: int, department: int, now: datetime) -> None:
    """Whether a department may claim so many minutes now."""
    must_be_open(plan)
    if plan.closed(now):
        raise Refused("claim.closed")
    if department == plan.meeting.host_department_id:
        raise Refused("claim.own_meeting")
    if not LEAST_CLAIM <= minutes <= board.LONGEST:
        raise Refused("agenda.minutes_out_of_range", shortest=LEAST_CLAIM, longest=board.LONGEST)
    must_have_room(plan, minutes)


def must_have_room(plan: Plan, minutes: int) -> None:
    if minutes > plan.free:
        raise Refused("claim.no_room", free=max(0, plan.free), minutes=minutes)


def must_fit(plan: Plan, agenda: Agenda) -> None:
    """An agenda may not take minutes that others have claimed, nor more than the meeting has."""
    asked = sum(each.minutes for each in plan.waiting)
    over = board.length(agenda) + asked - plan.capacity
    if over > 0 and board.length(agenda) > board.length(plan.agenda):
        raise Refused("agenda.over_capacity", capacity=plan.capacity, over=over)


def segment_of(claim: Claim, minutes: int) -> Segment:
    return Segment(
        id=NEW,
        department=claim.department_name,
        title=claim.title,
        speaker=claim.speaker,
        minutes=minutes,
        department_id=claim.department,
        audience=claim.audience,
    )


def with_segment(plan: Plan, segment: Segment, timing: Timing) -> Agenda:
    """The agenda with one more segment, where people wait least for it; of equally good places the last."""
    free = board.movable(plan.agenda)
    tried = [board.insert(plan.agenda, segment, at) for at in reversed(range(free.start, free.stop + 1))]
    groups = plan.groups(tried[0])
    placed = min(tried, key=lambda each: waiting(each, groups))
    match timing:
        case Timing.SHIFT:
            return placed
        case Timing.FIT:
            return board.fit(placed, board.length(plan.agenda), untouched={segment.id})
        case Timing.ARRANGE:
            return ordering.arrange(placed, groups)
