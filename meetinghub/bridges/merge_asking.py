"""What the weekly merge plan is asked of: planned meetings, as agendas, people, working days and policies have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db

from meetinghub.agendas.audiences import reaches
from meetinghub.agendas.claims import ON_THE_AGENDA
from meetinghub.agendas.plan import OPEN, Plan
from meetinghub.agendas.service import Agendas
from meetinghub.clock import SHANGHAI
from meetinghub.ids import site_identity
from meetinghub.meetings import store as meetings
from meetinghub.meetings.lifecycle import State
from meetinghub.merging.question import Planned, question
from meetinghub.people import store as people
from meetinghub.workdays import store as calendar
from quotas import store as quotas
from quotas.merging.model import Instance, Rules
from quotas.period import week_of_month
from quotas.policy import Action, Filing, MonthlyMeeting, NoMeetingDays, Policy, in_force

AHEAD = 21
"""Days that a plan looks ahead: what lies further may still be called differently."""
LEAD = 2
"""Working days before which nothing is moved when no policy asks for more: the announcement goes out then."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``starts``: meetings looked at → when they are planned for."""

    instance: Instance
    starts: Mapping[int, datetime]
    first: date
    last: date


def ask(db: Db, agendas: Agendas, rules: Rules, now: datetime) -> Asked:
    today = now.astimezone(SHANGHAI).date()
    first, last = today + timedelta(days=1), today + timedelta(days=AHEAD)
    days, policy = calendar.workdays(db), in_force(quotas.active(db), first)
    since, until = (datetime.combine(day, time(), SHANGHAI) for day in (first, last + timedelta(days=1)))
    plans = [agendas.read(db, number) for number in sorted(meetings.in_state(db, *OPEN, since=since, until=until))]
    ahead = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return Asked(
        instance=question(
            [_planned(db, plan, policy, now) for plan in plans if plan.agenda],
            committee_of={each.id: each.committee for each in people.people(db) if each.committee is not None},
            workdays=days,
            earliest=days.add(today, lead(policy)),
            closed=[day for day in ahead if not days.is_working(day) or no_meetings(policy, day)],
            rules=rules,
        ),
        starts={plan.meeting.id: plan.meeting.starts_at for plan in plans},
        first=first,
        last=last,
    )


def _planned(db: Db, plan: Plan, policy: Policy | None, now: datetime) -> Planned:
    meeting, host = plan.meeting, plan.meeting.host_department_id
    own = all(segment.department_id in (None, host) for segment in plan.agenda)
    taken = any(claim.state in ON_THE_AGENDA or claim in plan.waiting for claim in plan.claims)
    told = plan.called_at is not None or plan.finalised_at is not None
    fixed = told or taken or not own or host is None or monthly(policy, host, meeting.audience.roles)
    return Planned(
        meeting=meeting.id,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        persons=called(plan),
        sites=frozenset(site.committee_id for site in meeting.sites),
        department=host,
        movable=not fixed and plan.state is State.PLANNED and not plan.closed(now),
        open=not plan.locked(now),
        free=plan.free,
        alone=any(part.charge.wish.exempt for part in quotas.parts_of(db, meeting.id)),
    )


def called(plan: Plan) -> frozenset[int]:
    """The persons that at least one of its segments concerns."""
    identity = {site.committee_id: site_identity(site.seat) for site in plan.meeting.sites}
    return frozenset(
        person.id
        for person in plan.people
        if person.committee is not None
        and any(
            (segment.sites is None or identity[person.committee] in segment.sites)
            and reaches(segment.audience or plan.meeting.audience, person)
            for segment in plan.agenda
        )
    )


def monthly(policy: Policy | None, host: int, roles: tuple[str, ...]) -> bool:
    """Whether it is the regular meeting that others are meant to ride on."""
    rules = policy.rules if policy is not None else ()
    return any(
        isinstance(rule, MonthlyMeeting) and host in rule.departments and bool({*rule.roles} & {*roles})
        for rule in rules
    )


def no_meetings(policy: Policy | None, day: date) -> bool:
    """Whether a policy keeps the day free; one that only warns does not."""
    rules = policy.rules if policy is not None else ()
    return any(
        isinstance(rule, NoMeetingDays)
        and rule.action is not Action.WARN
        and (day.isoweekday() in rule.weekdays or week_of_month(day) in rule.weeks)
        for rule in rules
    )


def lead(policy: Policy | None) -> int:
    rules = policy.rules if policy is not None else ()
    return max([LEAD, *(rule.working_days for rule in rules if isinstance(rule, Filing))])
