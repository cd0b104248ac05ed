"""The board of an issue: the order of its items, several made into one and taken apart again.

Actions are read by their date, so the host office orders those of one day; information as it likes. Positions count
from 1 through the whole board.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from digest.model import Audience, Kind, Link, LinkKind, Notice, Wording
from digest.text import LONGEST, cleaned
from meetinghub.errors import Invalid, Refused, Stale
from meetinghub.ids import CommitteeId, NoticeId

LONGEST_REASON = 200

Heading = Callable[[Notice, bool], str]
"""What stands above an item's text in a merged one; the second argument: whether to name its date, too."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An item where it stands; ``up`` and ``down``: whether it may change places with its neighbour."""

    notice: Notice
    up: bool
    down: bool


def mark(notices: Iterable[Notice]) -> str:
    """Changes whenever anything on a board does: what somebody looked at, to be held against what is there now."""
    said = sorted((each.id, each.revision, each.position, each.state.value) for each in notices)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def must_be(notices: Iterable[Notice], seen: str) -> None:
    """:class:`Stale` when somebody else has changed the board since ``seen`` was read."""
    if seen != mark(notices):
        raise Stale("notice.board_changed")


def arranged(notices: Iterable[Notice]) -> list[Notice]:
    """As everybody reads them: actions by date, then information, each in the board's order."""
    return sorted(notices, key=lambda each: (_section(each), each.position, each.id))


def standing(notices: Iterable[Notice]) -> list[Standing]:
    found = arranged(notices)
    sections = [_section(each) for each in found]
    return [
        Standing(
            each,
            up=at > 0 and sections[at - 1] == sections[at],
            down=at + 1 < len(found) and sections[at + 1] == sections[at],
        )
        for at, each in enumerate(found)
    ]


def ordered(notices: Sequence[Notice], wanted: Sequence[NoticeId]) -> dict[NoticeId, int]:
    """The positions after somebody said the whole order; dates of actions come first whatever was said.

    :class:`Stale` when ``wanted`` does not name each item once.
    """
    if sorted(wanted) != sorted(each.id for each in notices):
        raise Stale("notice.board_changed")
    places = {number: at for at, number in enumerate(wanted)}
    found = sorted(notices, key=lambda each: (_section(each), places[each.id]))
    return {each.id: at for at, each in enumerate(found, 1)}


def moved(notices: Iterable[Notice], number: NoticeId, place: int) -> list[NoticeId]:
    """The whole order when one item goes to ``place`` (0: first) among those it may change places with."""
    found = arranged(notices)
    held = _held(found, number)
    others = [each for each in found if each is not held]
    first = sum(_section(each) < _section(held) for each in others)
    same = sum(_section(each) == _section(held) for each in others)
    others.insert(first + max(0, min(place, same)), held)
    return [each.id for each in others]


def place_of(notices: Iterable[Notice], number: NoticeId) -> int:
    """Where an item stands among those it may change places with."""
    found = arranged(notices)
    held = _held(found, number)
    return [each for each in found if _section(each) == _section(held)].index(held)


def _held(notices: Iterable[Notice], number: NoticeId) -> Notice:
    held = next((each for each in notices if each.id == number), None)
    if held is None:
        raise Stale("notice.board_changed")
    return held


def united(notices: Sequence[Notice], heading: Heading) -> Wording:
    """Several items on one matter as one: the first one's title, each one's text under its heading, to everybody whom
    one of them concerns, by the earliest date. ``Refused`` when the text becomes too long."""
    first = notices[0].wording
    actions = [each.wording for each in notices if each.wording.kind is Kind.ACTION]
    dates = {(each.due_on, each.due_at) for each in actions}
    due_on, due_at = min(((each.due_on or date.max, each.due_at or time.max) for each in actions), default=(None, None))
    links = list(dict.fromkeys(each.wording.link for each in notices if each.wording.link.kind is not LinkKind.NONE))
    parts = [_part(each, heading, named=len(dates) > 1, kept=links[:1]) for each in notices]
    text = cleaned("\n\n".join(parts))
    if len(text) > LONGEST:
        raise Refused("notice.merged_too_long", most=LONGEST)
    return replace(
        first,
        text=text,
        kind=Kind.ACTION if actions else Kind.INFORMATION,
        due_on=due_on,
        due_at=None if due_at == time.max else due_at,
        audiences=audiences(notices),
        link=links[0] if links else Link(),
    )


def audiences(notices: Iterable[Notice]) -> tuple[Audience, ...]:
    """Everybody whom one of the items concerns, each audience once."""
    return tuple(dict.fromkeys(each for notice in notices for each in notice.wording.audiences))


def must_still_reach(before: Wording, after: Wording, committees: Iterable[CommitteeId]) -> None:
    """A correction goes to everybody who got what it corrects."""
    everybody = list(committees)
    if not before.reached(everybody) <= after.reached(everybody):
        raise Invalid(fields={"committees": "notice.correction_reaches_less"})


def _part(notice: Notice, heading: Heading, *, named: bool, kept: Sequence[Link]) -> str:
    lines = [] if notice.sources else [heading(notice, named)]
    lines += [notice.wording.text] if notice.wording.text else []
    link = notice.wording.link
    if link.kind is not LinkKind.NONE and link not in kept:
        target = f"/meetings/{link.target}" if link.kind is LinkKind.MEETING else link.target
        lines.append(target if link.kind is LinkKind.WEB else f"[{_bare(notice.wording.title)}]({target})")
    return "\n".join(lines)


def _bare(title: str) -> str:
    return title.translate({ord("["): "【", ord("]"): "】"})


def _section(notice: Notice) -> tuple[bool, date, time]:
    said = notice.wording
    if said.kind is Kind.INFORMATION:
        return True, date.max, time.max
    return False, said.due_on or date.max, said.due_at or time.max
