"""Whom a meeting invites by mail, each with their own part: one invitation for each address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from meetinghub.calendars.itip import Invitee, Told
from meetinghub.calendars.model import Part, Planned
from meetinghub.calendars.ports import Parts
from meetinghub.calendars.viewing import of_site, part
from meetinghub.people.model import Person


@dataclass(frozen=True, slots=True)
class Unit:
    """A committee or department with a mailbox; ``mail`` may be empty."""

    id: int
    name: str
    mail: str


@dataclass(frozen=True, slots=True)
class Register:
    """Everybody who can be written to. ``chairs``: account → name and address of whoever may lead meetings.

    ``dead``: addresses in lower case that mails came back from for good; nobody above has one of them.
    """

    people: Sequence[Person]
    committees: Sequence[Unit]
    departments: Sequence[Unit]
    chairs: Mapping[str, tuple[str, str]]
    dead: frozenset[str] = frozenset()

    def without(self, dead: Iterable[str]) -> Register:
        """As if nobody had these addresses: a committee's mailbox then stands in for its people."""
        gone = frozenset(each.lower() for each in dead)

        def alive(mail: str) -> str:
            return "" if mail.lower() in gone else mail

        return Register(
            people=[replace(each, mail=alive(each.mail)) for each in self.people],
            committees=[replace(each, mail=alive(each.mail)) for each in self.committees],
            departments=[replace(each, mail=alive(each.mail)) for each in self.departments],
            chairs={account: (name, alive(mail)) for account, (name, mail) in self.chairs.items()},
            dead=gone,
        )

    @property
    def addresses(self) -> set[str]:
        """All of them, as they were entered and as they are written to."""
        units = (*self.committees, *self.departments)
        found = [*(each.mail for each in self.people), *(each.mail for each in units)]
        found += [mail for _, mail in self.chairs.values()]
        return {form for mail in found if mail for form in (mail, mail.lower())}


def invitees(meeting: Planned, register: Register, parts: Parts) -> tuple[Invitee, ...]:
    """Everybody called who has an address; a committee's mailbox for those of its people who have none; the host and
    the departments that speak; the chair."""
    found: dict[str, Invitee] = {}
    for each in (
        *_people(meeting, register.people, parts),
        *_committees(meeting, register, parts),
        *_departments(meeting, register.departments, parts),
        *_chair(meeting, register),
    ):
        address = each.address.strip().lower()
        if address:
            one = replace(each, address=address)
            found[address] = _joint(found[address], one) if address in found else one
    return tuple(found.values())


def _people(meeting: Planned, people: Iterable[Person], parts: Parts) -> Iterable[Invitee]:
    for person, own in _called(meeting, people, parts):
        if person.mail:
            told = _told(meeting, (own,))
            yield Invitee(person.mail, person.name, False, 1, person.committee, None, told)


def _committees(meeting: Planned, register: Register, parts: Parts) -> Iterable[Invitee]:
    without: dict[int, int] = {}
    for person, _ in _called(meeting, register.people, parts):
        if not person.mail and person.committee is not None:
            without[person.committee] = without.get(person.committee, 0) + 1
    for unit in register.committees:
        if unit.id in without:
            told = _told(meeting, of_site(meeting, meeting.seats[unit.id], parts))
            yield Invitee(unit.mail, unit.name, True, without[unit.id], unit.id, None, told)


def _departments(meeting: Planned, departments: Iterable[Unit], parts: Parts) -> Iterable[Invitee]:
    for unit in departments:
        span = parts.of_department(meeting, unit.id)
        if unit.id == meeting.host_department_id:
            yield Invitee(unit.mail, unit.name, True, 1, None, unit.id, _told(meeting, ()))
        elif span is not None:
            yield Invitee(unit.mail, unit.name, True, 1, None, unit.id, _told(meeting, (part(meeting, span),)))


def _chair(meeting: Planned, register: Register) -> Iterable[Invitee]:
    if meeting.chair in register.chairs:
        name, mail = register.chairs[meeting.chair]
        yield Invitee(mail, name, False, 1, None, meeting.host_department_id, _told(meeting, ()))


def _called(meeting: Planned, people: Iterable[Person], parts: Parts) -> Iterable[tuple[Person, Part]]:
    """People of committees whom something on the agenda concerns."""
    for person in people:
        seat = meeting.seats.get(person.committee) if person.committee is not None else None
        if seat is None:
            continue
        span = parts.of_person(meeting, roles=person.roles, lines=person.lines, seat=seat)
        if span is not None:
            yield person, part(meeting, span)


def _told(meeting: Planned, parts: tuple[Part, ...]) -> Told:
    return Told(meeting.starts_at, meeting.ends_at, meeting.place, parts)


def _joint(first: Invitee, second: Invitee) -> Invitee:
    """Several who share an address read one letter; who is needed all the time stays so."""
    whole = not first.told.parts or not second.told.parts
    parts = () if whole else tuple(dict.fromkeys((*first.told.parts, *second.told.parts)))
    named = second if second.unit and not first.unit else first
    return Invitee(
        address=first.address,
        name=named.name,
        unit=first.unit or second.unit or first.name != second.name,
        heads=first.heads + second.heads,
        committee=first.committee or second.committee,
        department=first.department or second.department,
        told=replace(first.told, parts=parts),
    )
