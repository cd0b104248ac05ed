"""Who gets a committee's mail: asked anew each time one is sent, so that a hand-over needs nobody's care."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from digest.model import Audience
from meetinghub.ids import CommitteeId, PersonId
from meetinghub.people.model import Committee, Person, Role


@dataclass(frozen=True, slots=True)
class Recipient:
    """``person`` None: the committee's own mailbox. ``language`` empty: the office's."""

    address: str
    name: str
    committee: CommitteeId
    language: str = ""
    person: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """The committees by their seats, their mailboxes (empty: none), the people of each, and which language people want
    their mails in. People whose account was closed are not in it."""

    committees: tuple[Committee, ...]
    mailboxes: Mapping[CommitteeId, str]
    people: Mapping[CommitteeId, tuple[Person, ...]]
    languages: Mapping[PersonId, str]

    def of(
        self, committee: Committee, *, roles: Collection[Role], audiences: Iterable[Audience] = ()
    ) -> tuple[Recipient, ...]:
        """Its mailbox, its people with one of ``roles``, and those whom one of ``audiences`` names; each address once,
        whatever its case, under the first name it has."""
        named = [each for each in audiences if each.concerns(committee.id)]
        wanted = [Recipient(self.mailboxes.get(committee.id, ""), committee.full_name, committee.id)]
        wanted += [
            Recipient(each.mail, each.name, committee.id, self.languages.get(each.id, ""), each.id)
            for each in self.people.get(committee.id, ())
            if not roles_held(each).isdisjoint(roles) or any(names(audience, each) for audience in named)
        ]
        found: dict[str, Recipient] = {}
        for each in wanted:
            if each.address:
                found.setdefault(each.address.casefold(), each)
        return tuple(found.values())


def names(audience: Audience, person: Person) -> bool:
    """Whether an audience means this person of a committee; its ``line`` alone means the line's workers."""
    held = roles_held(person) & set(audience.roles or ((Role.LINE_WORKER,) if audience.line else ()))
    if held == {Role.LINE_WORKER}:
        return not audience.line or audience.line in person.lines
    return bool(held)


def roles_held(person: Person) -> frozenset[Role]:
    return frozenset(person.roles)
