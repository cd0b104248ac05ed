"""Live state → the one JSON object of a meeting (``docs/live-meeting.md``, version 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from meetinghub.meetings.live import LiveState, Presence
from meetinghub.meetings.model import MAIN, Meeting
from meetinghub.meetings.rollcall import RollCall
from meetinghub.meetings.timetable import Timetable, timetable

VERSION = 1

Snapshot = dict[str, Any]


def snapshot(meeting: Meeting, state: LiveState, now: datetime, names: Mapping[str, str]) -> Snapshot:
    """``names`` are the display names of the accounts in ``state.chair`` and ``state.recent``."""
    times = timetable(meeting.segments, state, now)
    undo = state.undo[0] if state.undo else None
    return {
        "version": VERSION,
        "revision": state.revision,
        "now": _text(now),
        "state": state.state.value,
        "reason": state.reason,
        "title": meeting.title,
        "starts_at": _text(state.starts_at),
        "ends_at": _text(times.ends_at),
        "started_at": _text(state.started_at),
        "ended_at": _text(state.ended_at),
        "chair": {"account": state.chair, "name": names.get(state.chair, state.chair)},
        "count_in": state.count_in,
        "floor": state.floor
        and {
            "site": state.floor.site,
            "since": _text(state.floor.since),
            "opens_at": _text(state.floor.opens_at),
        },
        "broadcast": state.broadcast,
        "hands": [{"site": hand.site, "at": _text(hand.at), "topic": hand.topic} for hand in state.hands],
        "next": list(state.up_next()),
        "sites": _sites(meeting, state),
        "main": {
            "name": "主会场",
            "place": meeting.place,
            "phone": meeting.phone,
            "online": state.online(MAIN),
        },
        "agenda": _agenda(meeting, state, times),
        "roll": {
            "opened_at": _text(state.roll.opened_at),
            "closed_at": _text(state.roll.closed_at),
            "reminded_at": _text(state.roll.reminded_at),
        },
        "layout": state.layout,
        "layout_site": state.layout_site,
        "recent": [
            {
                "at": _text(recent.at),
                "by": names.get(recent.by, recent.by),
                "act": recent.act,
                "site": recent.site,
                "segment": recent.segment,
            }
            for recent in state.recent
        ],
        "undo": undo and {"act": undo.act, "site": undo.site, "segment": undo.segment},
    }


def as_text(snap: Snapshot) -> str:
    return json.dumps(snap, ensure_ascii=False, separators=(",", ":"))


def tag(snap: Snapshot) -> str:
    """The same for two objects that differ only in when they were made: an entity tag (RFC 9110, section 8.8.3)."""
    text = as_text({key: value for key, value in snap.items() if key != "now"})
    return blake2b(text.encode(), digest_size=12).hexdigest()


def _agenda(meeting: Meeting, state: LiveState, times: Timetable) -> list[Snapshot]:
    return [
        {
            "id": segment.id,
            "department": segment.department,
            "title": segment.title,
            "speaker": segment.speaker,
            "minutes": segment.minutes,
            "granted": run.granted,
            "state": slot.state,
            "planned_at": _text(slot.planned_at),
            "starts_at": _text(slot.starts_at),
            "ends_at": _text(slot.ends_at),
            "warned_at": _text(run.warned_at),
            "sites": None if segment.sites is None else list(segment.sites),
        }
        for segment, run, slot in zip(meeting.segments, state.agenda, times.slots, strict=True)
    ]


def _sites(meeting: Meeting, state: LiveState) -> Snapshot:
    return {
        site.identity: {
            "seat": site.seat,
            "name": site.name,
            "operator": site.operator,
            "phone": site.phone,
            **_roll_of(state.roll, site.identity),
            **_connection(state.presences[site.identity]),
            "check": (check := state.checks.get(site.identity))
            and {"at": _text(check.at), "failed": list(check.failed)},
        }
        for site in meeting.sites
    }


def _roll_of(roll: RollCall, site: str) -> Snapshot:
    answer, reason = roll.answers.get(site), roll.excused.get(site)
    return {
        "headcount": roll.headcounts.get(site),
        "answered_at": _text(answer.at if answer else None),
        "reminded_at": _text(roll.reminders.get(site)),
        "excused": None if reason is None else {"reason": reason},
    }


def _connection(presence: Presence) -> Snapshot:
    return {"joined_at": _text(presence.joined_at), "left_at": _text(presence.left_at)}


def _text(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds, cut off rather than rounded."""
    if moment is None:
        return None
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return (utc - timedelta(microseconds=utc.microsecond % 1000)).isoformat(timespec="milliseconds") + "Z"
