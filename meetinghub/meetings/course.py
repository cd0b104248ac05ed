"""The meeting's course: starting, extending, ending, handing over the chair, and walking through the agenda."""

from __future__ import annotations

from datetime import datetime, timedelta

from meetinghub.errors import Invalid, Refused
from meetinghub.ledger import payloads as p
from meetinghub.meetings.floor import Decision
from meetinghub.meetings.lifecycle import Event, State, after, must_be_live
from meetinghub.meetings.live import CHECKS, LiveState

GRANT_MINUTES = range(1, 61)
EXTEND_MINUTES = range(1, 181)
REASON_LENGTH = 200
WARN_AHEAD = timedelta(minutes=3)


def start(state: LiveState) -> Decision:
    """The first agenda item begins with the meeting."""
    after(state.state, Event.START)
    first = state.following
    return (p.MeetingStarted(), p.SegmentStarted(first.segment)) if first else (p.MeetingStarted(),)


def end(state: LiveState) -> Decision:
    if state.state is State.ENDED:
        return ()
    after(state.state, Event.END)
    return (p.MeetingEnded(),)


def extend(state: LiveState, minutes: int) -> Decision:
    after(state.state, Event.EXTEND)
    if minutes not in EXTEND_MINUTES:
        raise Invalid(fields={"minutes": "meeting.minutes_out_of_range"})
    return (p.MeetingExtended(minutes),)


def postpone(state: LiveState, starts_at: datetime, reason: str, now: datetime) -> Decision:
    after(state.state, Event.POSTPONE)
    problems = _problems_of(reason)
    if starts_at <= now:
        problems["starts_at"] = "meeting.new_time_has_passed"
    if problems:
        raise Invalid(fields=problems, limit=REASON_LENGTH)
    return (p.MeetingPostponed(starts_at, reason.strip()),)


def cancel(state: LiveState, reason: str) -> Decision:
    """For good: a cancelled meeting is planned anew, never taken up again."""
    if state.state is State.CANCELLED:
        return ()
    after(state.state, Event.CANCEL)
    if problems := _problems_of(reason):
        raise Invalid(fields=problems, limit=REASON_LENGTH)
    return (p.MeetingCancelled(reason.strip()),)


def reason(given: str) -> None:
    """Raises :class:`Invalid` unless it can be the reason of putting something off or calling it off."""
    if problems := _problems_of(given):
        raise Invalid(fields=problems, limit=REASON_LENGTH)


def _problems_of(reason: str) -> dict[str, str]:
    """Field → what is wrong with it."""
    if not reason.strip():
        return {"reason": "form.required"}
    return {"reason": "form.too_long"} if len(reason) > REASON_LENGTH else {}


def hand_over(state: LiveState, account: str) -> Decision:
    """``account`` must be one that may lead a meeting; the caller has looked it up."""
    if state.state in {State.ENDED, State.CANCELLED}:
        raise Refused("meeting.over", state=state.state.value)
    return (p.ChairHandedOver(account),) if account != state.chair else ()


def next_segment(state: LiveState) -> Decision:
    """Go on to the next item; after the last one, only finish it."""
    must_be_live(state.state)
    if state.following is not None:
        return (p.SegmentStarted(state.following.segment),)
    if state.current is not None:
        return (p.SegmentEnded(state.current.segment),)
    raise Refused("agenda.was_the_last")


def grant(state: LiveState, minutes: int) -> Decision:
    must_be_live(state.state)
    current = state.current
    if current is None:
        raise Refused("agenda.nothing_under_way")
    if minutes not in GRANT_MINUTES:
        raise Invalid(fields={"minutes": "meeting.minutes_out_of_range"})
    return (p.SegmentTimeGranted(current.segment, minutes),)


def warn(state: LiveState) -> Decision:
    """Tell the next speaker to get ready; pressing it again tells them again."""
    must_be_live(state.state)
    following = state.following
    if following is None:
        raise Refused("agenda.was_the_last")
    return (p.SegmentSpeakerWarned(following.segment),)


def warning_due(state: LiveState, current_ends_at: datetime | None) -> datetime | None:
    """When the next speaker is told by itself, a few minutes before their turn; None when there is nobody to tell."""
    following = state.following
    if state.state is not State.LIVE or current_ends_at is None or following is None or following.warned_at:
        return None
    return current_ends_at - WARN_AHEAD


def check(state: LiveState, site: str, failed: tuple[str, ...]) -> Decision:
    """A self-test's result; saying the same again writes nothing."""
    unknown = set(failed) - set(CHECKS)
    if unknown:
        raise Invalid(fields={"failed": "check.unknown"})
    ordered = tuple(name for name in CHECKS if name in failed)
    before = state.checks.get(site)
    return () if before and before.failed == ordered else (p.SiteChecked(site, ordered),)
