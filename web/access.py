"""Who may call a route. Nobody, unless the route says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from meetinghub.people.model import Account, Right


@dataclass(frozen=True, slots=True)
class Access:
    """``rights``: holders of one of these may. ``own``: holders of these may when the path's ``seat`` is their own.

    ``devices``: a paired PC may, with the rights it has; everywhere else it is refused whatever they are.
    """

    rights: frozenset[Right] = frozenset()
    own: frozenset[Right] = frozenset()
    everyone: bool = False
    devices: bool = False

    def allows(self, account: Account | None, *, seat: int | None = None) -> bool:
        """Whether ``account`` (None = nobody signed in) may; ``seat`` is the committee the address names, if any."""
        if self.everyone:
            return True
        if account is None or (account.device is not None and not self.devices):
            return False
        if account.may(*self.rights):
            return True
        return account.may(*self.own) and seat is not None and seat == account.seat


PUBLIC = Access(everyone=True)
SIGNED_IN = Access(rights=frozenset(Right))
ALSO_DEVICES = Access(rights=frozenset(Right), devices=True)


def only(*rights: Right, own: Iterable[Right] = (), devices: bool = False) -> Access:
    """Access for holders of one of ``rights``, and of ``own`` for their own committee."""
    return Access(rights=frozenset(rights), own=frozenset(own), devices=devices)
