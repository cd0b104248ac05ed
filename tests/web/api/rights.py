"""The API's lines of the matrix: whose tokens may call what, with every scope that they can have."""

from __future__ import annotations

STREET = {"admin", "coordinator", "leader", "host", "dept-03", "chair", "operator"}
OWN, OTHER = "site-04", "site-05"
DEVICES = {"device-04", "device-05"}
SIGNED_IN = STREET | {OWN, OTHER}
IN_THE_MEETING = STREET | {OWN}

ALLOWED: dict[tuple[str, str], set[str]] = {
    ("GET", "/api/v1/openapi.json"): SIGNED_IN | DEVICES | {"nobody"},
    ("GET", "/api/v1/me"): SIGNED_IN,
    ("GET", "/api/v1/meetings"): SIGNED_IN,
    ("GET", "/api/v1/meetings/{id}"): IN_THE_MEETING,
}

BODIES: dict[str, object] = {}
"""What would be done if it were let in."""
