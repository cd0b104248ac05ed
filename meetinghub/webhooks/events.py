"""What other systems can be told of, and what they are told: which thing, what happened, when. The rest they read."""

from __future__ import annotations

import json
from typing import Any

from meetinghub.ledger.fact import Fact, FactKind, utc_text

OFFERED = (
    FactKind.MEETING_PLANNED,
    FactKind.MEETING_STARTED,
    FactKind.MEETING_ENDED,
    FactKind.MEETING_POSTPONED,
    FactKind.MEETING_CANCELLED,
    FactKind.AGENDA_ARRANGED,
    FactKind.AGENDA_ANNOUNCED,
    FactKind.AGENDA_FINALISED,
    FactKind.CLAIM_MADE,
    FactKind.CLAIM_DECIDED,
    FactKind.REQUEST_SUBMITTED,
    FactKind.REQUEST_STEP_DECIDED,
    FactKind.REQUEST_APPROVED,
    FactKind.REQUEST_WITHDRAWN,
    FactKind.REQUEST_EXPIRED,
    FactKind.REQUEST_RODE,
    FactKind.MERGE_ACCEPTED,
    FactKind.POLICY_SWITCHED_ON,
    FactKind.POLICY_WITHDRAWN,
    FactKind.ATTENDANCE_SEALED,
)
"""In the order in which the page names them."""
_NUMBERS = ("request", "claim", "policy", "row")
"""Fields of payloads that are numbers of rows."""


def name_of(kind: FactKind) -> str:
    """As receivers know it: ``request.step.decided``."""
    return kind.value.replace(":", ".")


def kind_of(name: str) -> FactKind | None:
    """The inverse, for what is offered."""
    return next((kind for kind in OFFERED if name_of(kind) == name), None)


def body(fact: Fact) -> str:
    """JSON without a name, a title or a reason: nothing that a wrong receiver could learn from."""
    data: dict[str, Any] = {"fact": fact.number, "meeting": fact.meeting_id}
    data |= {name: getattr(fact.payload, name) for name in _NUMBERS if hasattr(fact.payload, name)}
    whole = {"type": name_of(fact.payload.kind), "timestamp": utc_text(fact.at), "data": data}
    return json.dumps(whole, separators=(",", ":"))
