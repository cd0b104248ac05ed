"""The API's lines of the matrix: whose tokens may call what, with every scope that they can have."""

from __future__ import annotations

STREET = {"admin", "coordinator", "leader", "host", "dept-03", "chair", "operator"}
OWN, OTHER = "site-04", "site-05"
DEVICES = {"device-04", "device-05"}
SIGNED_IN = STREET | {OWN, OTHER}
IN_THE_MEETING = STREET | {OWN}
ASKS, APPROVE = {"dept-03", "host", "coordinator"}, {"coordinator", "leader"}
CLAIMS, HOSTS = ASKS, ASKS

ALLOWED: dict[tuple[str, str], set[str]] = {
    ("GET", "/api/v1/openapi.json"): SIGNED_IN | DEVICES | {"nobody"},
    ("GET", "/api/v1/me"): SIGNED_IN,
    ("GET", "/api/v1/meetings"): SIGNED_IN,
    ("GET", "/api/v1/meetings/{id}"): IN_THE_MEETING,
    ("GET", "/api/v1/organisation"): SIGNED_IN,
    ("GET", "/api/v1/meetings/{id}/attendance"): IN_THE_MEETING,
    ("GET", "/api/v1/meetings/{id}/agenda"): IN_THE_MEETING,
    ("POST", "/api/v1/meetings/{id}/agenda/preview"): HOSTS,
    ("POST", "/api/v1/meetings/{id}/agenda/changes"): HOSTS,  # which meeting's: test_agendas
    ("GET", "/api/v1/meetings/{id}/claims"): HOSTS,
    ("GET", "/api/v1/meetings/{id}/claims/{claim}"): set(),  # there is none
    ("POST", "/api/v1/meetings/{id}/claims"): CLAIMS,
    ("POST", "/api/v1/meetings/{id}/claims/{claim}"): HOSTS,
    ("GET", "/api/v1/series/{series}"): IN_THE_MEETING,
    ("GET", "/api/v1/rides"): ASKS,
    ("GET", "/api/v1/requests"): ASKS | APPROVE,
    ("POST", "/api/v1/requests"): ASKS,
    ("GET", "/api/v1/requests/{request}"): {"dept-03"} | APPROVE,
    ("POST", "/api/v1/requests/{request}/wish"): ASKS,  # a body that cannot be read is refused before anything
    ("GET", "/api/v1/requests/{request}/rides"): {"dept-03"},
    ("POST", "/api/v1/requests/{request}/ride"): ASKS,
    ("POST", "/api/v1/requests/{request}/submit"): {"dept-03"},
    ("POST", "/api/v1/requests/{request}/withdraw"): {"dept-03"},
    ("GET", "/api/v1/notices"): ASKS,
    ("POST", "/api/v1/notices"): ASKS,
    ("GET", "/api/v1/notices/{notice}"): {"dept-03"},
    ("POST", "/api/v1/notices/{notice}/wording"): ASKS,  # a body that cannot be read is refused before anything
    ("POST", "/api/v1/notices/{notice}/submit"): {"dept-03"},
    ("POST", "/api/v1/notices/{notice}/withdraw"): {"dept-03"},
    ("GET", "/api/v1/issues"): SIGNED_IN - {"chair", "operator"},
    ("GET", "/api/v1/issues/{issue}"): set(),  # of one that is there: test_issues
    ("GET", "/api/v1/issues/{issue}/deliveries"): set(),
    ("GET", "/api/v1/issues/{issue}/items/{item}/acknowledgements"): set(),
    ("POST", "/api/v1/issues/{issue}/items/{item}/acknowledgements"): {OWN, OTHER},  # a body that cannot be read first
    ("GET", "/api/v1/approvals"): STREET,
    ("POST", "/api/v1/approvals/{request}"): STREET,
    ("GET", "/api/v1/policies"): APPROVE,
    ("GET", "/api/v1/policies/{number}"): set(),
    ("POST", "/api/v1/policies/{number}/dry-run"): set(),  # likewise
    ("POST", "/api/v1/policies/dry-run"): APPROVE,
    ("GET", "/api/v1/usage"): ASKS | APPROVE,
    ("GET", "/api/v1/burden"): SIGNED_IN - {"chair", "operator"},  # no scope of theirs reaches it
    ("GET", "/api/v1/burden/rows"): APPROVE | {"admin", "host"},  # of the street's; of one's own: test_burden
}
