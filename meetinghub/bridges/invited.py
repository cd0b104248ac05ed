"""Who reads of a meeting's changes by an invitation, so that nobody gets a second mail about the same change."""

from __future__ import annotations

from sqlmodel import Session as Db

from meetinghub.agendas.letters import ByInvitation
from meetinghub.bridges.parts import AgendaParts
from meetinghub.calendars import invitations, itip, planned
from meetinghub.calendars.inviting import invitees


class CalendarInvitations:
    """Compares as the worker will when it looks next; nothing is invited as long as a meeting has no invitation."""

    def of(self, db: Db, meeting: int) -> ByInvitation:
        known = invitations.invited(db, meeting)
        if not known:
            return ByInvitation()
        (found,) = planned.planned(db, among=[meeting])
        register = invitations.register(db)
        wanted = invitees(found, register, AgendaParts()) if found.state in invitations.OPEN else ()
        owed = {letter.invitee.address for letter in itip.letters(known, wanted, at_rest=True).letters}
        held = {each.invitee.address for each in known if each.standing}
        return ByInvitation(frozenset(held - register.dead), frozenset(owed - register.dead))
