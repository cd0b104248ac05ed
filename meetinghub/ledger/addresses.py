"""What facts say of mail addresses: never the address itself, which the ledger could not forget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class AddressSet(Payload):
    """``whose``: ``department``, ``committee``, ``person`` or ``account``; ``given`` False: it was taken away."""

    kind: ClassVar = FactKind.ADDRESS_SET
    whose: str
    number: int
    given: bool
