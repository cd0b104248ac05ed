"""Who may call what, written down a second time by hand: the table in ``web/routes.py`` must agree with it.

Subjects are demonstration accounts; ``site-04`` is a committee of the meeting in question, ``site-05`` is not.
``device-04`` and ``device-05`` are PCs paired with these committees: a site in its meeting, and nothing else.
A new address needs a line here, or the suite fails.
"""

from __future__ import annotations

from typing import Any

from tests.web.api import rights

NOBODY = "nobody"
LEADS = {"chair", "operator"}
OWN, OTHER = "site-04", "site-05"
STREET = {"admin", "coordinator", "leader", "host", "dept-03"} | LEADS
PAIRED, PAIRED_OTHER = "device-04", "device-05"
DEVICES = {PAIRED, PAIRED_OTHER}
SIGNED_IN = STREET | {OWN, OTHER}
EVERYBODY = SIGNED_IN | DEVICES | {NOBODY}
IN_THE_MEETING = STREET | {OWN}
SUBJECTS = sorted(EVERYBODY)
ASKS, APPROVE = {"dept-03", "host", "coordinator"}, {"coordinator", "leader"}
BRINGS = {"admin", "coordinator"}
ASKING = [
    ("GET", ""),
    ("GET", "/{draft}/count"),
    ("GET", "/{draft}/notice"),
    ("POST", "/{draft}/notice"),
    ("POST", "/{draft}/drop"),
    ("GET", "/{draft}/rides"),
    ("POST", "/{draft}/rides"),
    ("POST", "/{draft}/ride"),
    ("GET", "/{draft}/own"),
    ("POST", "/{draft}/own"),
    ("GET", "/{draft}/check"),
    ("POST", "/{draft}/times"),
    ("POST", "/{draft}/submit"),
    ("GET", "/{draft}/{step}"),
    ("POST", "/{draft}/{step}"),
]
"""The wizard's pages below ``/ask``; a draft that does not exist yet is everybody's who may ask."""

ALLOWED: dict[tuple[str, str], set[str]] = {
    ("GET", "/sign-in"): EVERYBODY,
    ("POST", "/sign-in"): EVERYBODY,
    ("POST", "/sign-out"): SIGNED_IN,
    ("GET", "/account"): SIGNED_IN,
    ("POST", "/account/password"): SIGNED_IN,
    ("POST", "/account/language"): SIGNED_IN,
    ("POST", "/account/sign-out-elsewhere"): SIGNED_IN,
    ("GET", "/account/tokens"): SIGNED_IN,
    ("POST", "/account/tokens"): SIGNED_IN,
    ("POST", "/account/tokens/{key}/revoke"): set(),  # its owner's only: test_edge of the API
    ("GET", "/accounts"): {"admin"},
    ("POST", "/accounts/{account}/password"): {"admin"},
    ("POST", "/accounts/{account}/sign-out"): {"admin"},
    ("GET", "/devices"): {"admin"},
    ("POST", "/devices"): {"admin"},
    ("POST", "/devices/code"): {"admin"},
    ("GET", "/devices/{device}/unpair"): {"admin"},
    ("POST", "/devices/{device}/unpair"): {"admin"},
    ("GET", "/mail"): {"admin"},
    ("GET", "/mail/{mail}"): {"admin"},
    ("GET", "/mail/{mail}/html"): {"admin"},
    ("GET", "/mail/{mail}/resend"): {"admin"},
    ("POST", "/mail/{mail}/resend"): {"admin"},
    ("GET", "/mail/{mail}/bounce"): {"admin"},
    ("POST", "/mail/{mail}/bounce"): {"admin"},
    ("GET", "/addresses"): {"admin"},
    ("POST", "/addresses"): {"admin"},
    ("GET", "/imports"): BRINGS,
    ("POST", "/imports"): BRINGS,
    ("GET", "/imports/drafts/{file}"): BRINGS,
    ("POST", "/imports/drafts/{file}"): BRINGS,
    ("POST", "/imports/drafts/{file}/take"): BRINGS,
    ("POST", "/imports/drafts/{file}/drop"): BRINGS,
    ("GET", "/imports/takings/{taking}"): BRINGS,
    ("POST", "/imports/takings/{taking}/back"): BRINGS,
    ("GET", "/imports/baselines"): BRINGS,
    ("POST", "/imports/baselines"): BRINGS,
    ("POST", "/imports/baselines/{baseline}/withdraw"): BRINGS,
    ("GET", "/workdays"): {"admin"},
    ("POST", "/workdays"): {"admin"},
    ("GET", "/workdays/{year}.csv"): {"admin"},
    ("GET", "/kiosk"): EVERYBODY,
    ("GET", "/kiosk.json"): EVERYBODY,
    ("POST", "/kiosk/code"): EVERYBODY,
    ("GET", "/kiosk-worker.js"): EVERYBODY,
    ("GET", "/"): SIGNED_IN,
    ("GET", "/search"): SIGNED_IN,
    ("GET", "/styleguide"): SIGNED_IN,
    ("GET", "/meetings"): SIGNED_IN,
    ("GET", "/meetings/{id}"): IN_THE_MEETING,
    ("GET", "/meetings/{id}/live.json"): IN_THE_MEETING | {PAIRED},
    ("GET", "/meetings/{id}/console"): LEADS,
    ("GET", "/meetings/{id}/wall"): LEADS,
    ("GET", "/meetings/{id}/site"): {OWN},
    ("POST", "/meetings/{id}/token"): LEADS | {OWN, PAIRED},
    ("POST", "/meetings/{id}/floor"): LEADS,
    ("POST", "/meetings/{id}/hand"): {OWN, PAIRED},
    ("POST", "/meetings/{id}/hands"): LEADS,
    ("POST", "/meetings/{id}/agenda"): LEADS,
    ("POST", "/meetings/{id}/state"): LEADS,
    ("POST", "/meetings/{id}/chair"): LEADS,
    ("POST", "/meetings/{id}/layout"): LEADS,
    ("POST", "/meetings/{id}/check"): {OWN, PAIRED},
    ("POST", "/meetings/{id}/roll"): LEADS,
    ("GET", "/meetings/{id}/roster.json"): {OWN, PAIRED},
    ("POST", "/meetings/{id}/roster"): {OWN, PAIRED},
    ("GET", "/meetings/{id}/summary.json"): {OWN, PAIRED},
    ("GET", "/meetings/{id}/agenda"): IN_THE_MEETING,
    ("GET", "/meetings/{id}/agenda/announcement"): {"host", "coordinator"},
    ("POST", "/meetings/{id}/agenda/changes"): {"host", "coordinator"},
    ("POST", "/meetings/{id}/agenda/items"): {"host", "coordinator"},
    ("POST", "/meetings/{id}/agenda/terms"): {"host", "coordinator"},
    ("POST", "/meetings/{id}/agenda/final"): {"host", "coordinator"},
    ("POST", "/meetings/{id}/agenda/claims"): {"host", "dept-03", "coordinator"},
    ("POST", "/meetings/{id}/agenda/claims/{claim}"): {"host", "coordinator", "dept-03"},  # whose it is decides more
    ("GET", "/meetings/{id}/attendance"): IN_THE_MEETING,
    ("GET", "/meetings/{id}/attendance.json"): IN_THE_MEETING,
    ("GET", "/meetings/{id}/attendance.xlsx"): IN_THE_MEETING,
    ("GET", "/meetings/{id}/attendance.pdf"): IN_THE_MEETING,
    ("POST", "/meetings/{id}/attendance/corrections"): LEADS | {"host", OWN},
    ("POST", "/meetings/{id}/attendance/corrections/{number}"): {"host", "coordinator", "chair"},
    ("GET", "/meetings/{id}/documents"): IN_THE_MEETING,
    ("GET", "/meetings/{id}/documents.json"): IN_THE_MEETING | {PAIRED},
    ("GET", "/meetings/{id}/documents/{document}"): LEADS | {"coordinator", "leader", "host", OWN, PAIRED},
    ("POST", "/meetings/{id}/documents/to/{segment}"): LEADS | {"host", "coordinator"},
    ("POST", "/meetings/{id}/documents/{document}/remove"): LEADS | {"host", "coordinator"},
    ("GET", "/meetings/{id}/minutes"): IN_THE_MEETING,
    ("GET", "/meetings/{id}/minutes.pdf"): IN_THE_MEETING,
    ("GET", "/meetings/{id}/minutes/draft"): LEADS | {"host", "coordinator"},  # and who has a segment in it
    ("POST", "/meetings/{id}/minutes/draft/{segment}"): LEADS | {"host", "coordinator"},
    ("POST", "/meetings/{id}/minutes/publish"): LEADS | {"host", "coordinator"},
    ("POST", "/meetings/{id}/minutes/taken"): {OWN},
    ("GET", "/tasks"): SIGNED_IN,
    ("POST", "/tasks/{task}"): ASKS | {OWN, OTHER},
    ("GET", "/notice"): SIGNED_IN,
    ("POST", "/notice/items"): ASKS,
    ("GET", "/notice/items/{notice}"): {"dept-03"},  # whose it is decides
    ("POST", "/notice/items/{notice}"): {"dept-03"},
    ("POST", "/notice/items/{notice}/preview"): {"dept-03"},
    ("GET", "/notice/items/{notice}/files/{file}"): {"dept-03"},
    ("POST", "/notice/items/{notice}/files"): {"dept-03"},
    ("POST", "/notice/items/{notice}/files/{file}/remove"): {"dept-03"},
    ("POST", "/notice/items/{notice}/withdraw"): {"dept-03"},
    ("POST", "/notice/items/{notice}/restore"): {"dept-03"},
    ("GET", "/notice/board"): {"host"},
    ("POST", "/notice/board/{board}"): {"host"},
    ("GET", "/notice/board/preview/{seat}"): {"host"},
    ("GET", "/notice/board/{board}/approve"): {"host"},
    ("POST", "/notice/board/{board}/approve"): {"host"},
    ("GET", "/notice/board/items/{item}"): set(),  # the host office's, once it was handed in: test_notice_board
    ("POST", "/notice/board/items/{item}"): set(),
    ("POST", "/notice/board/items/{item}/return"): set(),
    ("POST", "/notice/board/items/{item}/put"): set(),
    ("GET", "/attendance"): SIGNED_IN,
    ("GET", "/attendance.xlsx"): SIGNED_IN,
    **{(method, f"/ask{path}"): ASKS for method, path in ASKING},
    ("GET", "/series/{series}"): STREET | {OWN},
    ("GET", "/series/{series}/{place}"): {"dept-03", "coordinator"},
    ("POST", "/series/{series}/{place}/change"): {"dept-03", "coordinator"},
    ("POST", "/series/{series}/{place}/cancel"): {"dept-03", "coordinator"},
    ("GET", "/requests"): ASKS | APPROVE,
    ("GET", "/requests/{request}"): {"dept-03"} | APPROVE,
    ("POST", "/requests/{request}/decide"): {"coordinator"},
    ("POST", "/requests/{request}/withdraw"): {"dept-03"},
    ("GET", "/approvals"): STREET,
    ("POST", "/approvals/deputies"): APPROVE,
    ("GET", "/approvals/{token}"): set(),  # a forged one; whose a real one is: test_approvals
    ("POST", "/approvals/{token}"): set(),
    ("GET", "/topics"): SIGNED_IN,
    ("POST", "/topics"): {OWN, OTHER},
    ("POST", "/topics/{topic}"): ASKS | {OWN, OTHER},
    ("GET", "/policies"): {"coordinator"},
    ("POST", "/policies"): {"coordinator"},
    ("GET", "/policies/{number}"): {"coordinator"},
    ("POST", "/policies/{number}"): {"coordinator"},
    ("GET", "/policies/{number}/preview"): {"coordinator"},
    ("POST", "/policies/{number}/switch-on"): {"coordinator"},
    ("POST", "/policies/{number}/withdraw"): {"coordinator"},
    ("POST", "/policies/{number}/drop"): {"coordinator"},
    ("GET", "/burden"): SIGNED_IN,
    ("GET", "/burden/rows"): SIGNED_IN,  # of one's own unit
    ("GET", "/burden/rows.xlsx"): SIGNED_IN,
    ("GET", "/burden/rows.csv"): SIGNED_IN,
    ("GET", "/burden/sittings/{sitting}"): {"admin", "coordinator", "leader", "host", "dept-03", OWN},
    ("POST", "/burden/sittings/{sitting}/contests"): {OWN},
    ("POST", "/burden/sittings/{sitting}/contests/{contest}"): {"coordinator"},
    ("GET", "/burden/calls"): SIGNED_IN - LEADS,
    ("POST", "/burden/calls"): {OWN, OTHER},
    ("POST", "/burden/calls/{call}"): {"host", "dept-03", "coordinator"},
    ("GET", "/merge-plan"): {"host", "coordinator"},
    ("POST", "/merge-plan"): {"host", "coordinator"},
    ("POST", "/merge-plan/{row}"): {"coordinator"},
    ("GET", "/calendar"): SIGNED_IN,
    ("POST", "/calendar"): SIGNED_IN,
    ("POST", "/calendar/revoke"): SIGNED_IN,
    ("GET", "/rsvp/{token}"): set(),  # proves itself by what is signed in the link, whoever is signed in
    ("POST", "/rsvp/{token}"): set(),
    ("GET", "/feeds/{token}.ics"): EVERYBODY,  # whoever has the address; a wrong one is 404
    ("GET", "/notice/answer/{token}"): set(),  # proves itself by what is signed in the link, whoever is signed in
    ("POST", "/notice/answer/{token}"): set(),
    ("GET", "/notice/settings"): {"admin", "host"},
    ("POST", "/notice/settings"): {"admin", "host"},
    ("POST", "/notice/settings/pause"): {"admin", "host"},
    ("POST", "/notice/settings/resume"): {"admin", "host"},
    ("GET", "/notice/deliveries"): {"admin", "host"},
    ("GET", "/notice/deliveries/dry-run"): {"admin", "host"},
    ("GET", "/notice/deliveries/{issue}/{seat}"): set(),  # of an issue that is there: test_notice_deliveries
    ("POST", "/notice/deliveries/{issue}/{seat}/resend"): set(),
    ("POST", "/notice/deliveries/{issue}/{seat}/test"): set(),
    ("GET", "/notice/issues"): SIGNED_IN,
    # what was sent to whom decides: test_notice_archive
    ("GET", "/notice/issues/{issue}"): set(),
    ("GET", "/notice/issues/{issue}/{seat}.pdf"): set(),
    ("GET", "/notice/issues/{issue}/{seat}"): set(),
    ("GET", "/notice/issues/{issue}/{seat}/files/{item}/{file}"): set(),
    ("GET", "/notice/issues/{issue}/{seat}/meetings/{meeting}"): set(),
    ("GET", "/notice/file/{token}"): set(),  # proves itself, as above
    ("GET", "/notice/calendar/{token}"): set(),
    ("GET", "/notice/answers"): SIGNED_IN,
    ("POST", "/notice/answers"): {OWN, OTHER},  # about items that went to it: test_notice_answers
    ("POST", "/notice/answers/{item}/questions"): {OWN, OTHER},
    ("GET", "/notice/items/{item}/answers"): set(),  # the item's departments, the host office: test_notice_answers
    ("POST", "/notice/questions/{question}"): set(),
    ("POST", "/notice/offers/{offer}"): set(ASKS),  # its department's only: test_notice_offers
    ("GET", "/webhooks"): {"admin", "coordinator"},
    ("POST", "/webhooks"): {"admin", "coordinator"},
    ("GET", "/webhooks/{webhook}"): {"admin", "coordinator"},
    ("POST", "/webhooks/{webhook}/pause"): {"admin", "coordinator"},
    ("POST", "/webhooks/{webhook}/resume"): {"admin", "coordinator"},
    ("GET", "/webhooks/{webhook}/remove"): {"admin", "coordinator"},
    ("POST", "/webhooks/{webhook}/remove"): set(),  # once: test_webhooks
    ("POST", "/webhooks/{webhook}/{delivery}/resend"): set(),  # there is none
    **rights.ALLOWED,
    ("POST", "/hooks/livekit"): set(),  # proves itself by a signature, whoever is signed in
    ("GET", "/healthz"): EVERYBODY,
    ("GET", "/readyz"): EVERYBODY,
    ("GET", "/metrics"): EVERYBODY,
    ("POST", "/csp-reports"): EVERYBODY,
    ("GET", "/static/{name}"): EVERYBODY,
    ("GET", "/rtc"): EVERYBODY,
    ("GET", "/rtc/{rest:.*}"): EVERYBODY,
}

BODIES: dict[str, dict[str, Any]] = {
    "/meetings/{id}/token": {},
    "/meetings/{id}/floor": {"act": "count_in", "seconds": 5},
    "/meetings/{id}/hand": {"act": "raise", "topic": "x"},
    "/meetings/{id}/hands": {"act": "lower_all"},
    "/meetings/{id}/agenda": {"act": "warn"},
    "/meetings/{id}/state": {"act": "start"},
    "/meetings/{id}/chair": {"account": "operator"},
    "/meetings/{id}/layout": {"layout": "spotlight"},
    "/meetings/{id}/check": {"failed": ["camera"]},
    "/meetings/{id}/roll": {"act": "excuse", "site": "site-04", "reason": "换届选举"},
    "/meetings/{id}/roster": {"people": [], "guests": 3},
    "/hooks/livekit": {"event": "room_started", "room": {"name": "meeting-1"}},
}
"""What would be written if it were let in. An address that is not here takes a form."""

FORMS: dict[str, dict[str, str]] = {
    "/sign-in": {"username": "x", "password": "y"},
    "/devices": {"code": "000000", "committee": "1"},
    "/devices/code": {"code": "000000"},
    "/account/password": {"old": "x", "new": "another-one-9"},
    "/webhooks": {"url": "https://example.org/hook", "events": "meeting.planned"},
    "/account/tokens": {"name": "x", "scopes": "meetings:read", "days": "30"},
}


def address(path: str, meeting: int) -> str:
    """A path with its parameters filled in."""
    parameters = {
        "{id}": str(meeting),
        "{board}": "1",
        "{account}": "20",
        "{device}": "3",
        "{mail}": "1",
        "{year}": "2026",
        "{number}": "1",
        "{key}": "99999",
        "{webhook}": "1",
        "{delivery}": "99999",
        "{row}": "1",
        "{claim}": "1",
        "{draft}": "new",
        "{file}": "1",
        "{taking}": "1",
        "{baseline}": "1",
        "{step}": "purpose",
        "{request}": "1",
        "{series}": "1",
        "{place}": "1",
        "{topic}": "1",
        "{token}": "x",
        "{segment}": "1",
        "{seat}": "1",
        "{issue}": "99999",
        "{task}": "1",
        "{sitting}": "meeting-1",
        "{contest}": "1",
        "{call}": "1",
        "{document}": "1",
        "{item}": "99999",
        "{question}": "99999",
        "{offer}": "99999",
        "{notice}": "1",
        "{meeting}": "1",
        "{name}": "mark.svg",
        "{rest:.*}": "validate",
    }
    for name, value in parameters.items():
        path = path.replace(name, value)
    return path
