"""Every address, what answers it and who may ask. An address that is not in this table does not exist.

``seat`` in a path names a committee; ``own`` rights reach only the account's own. A GET also answers HEAD.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.web import AbstractRoute

from meetinghub.meetings.leading import WRITES
from meetinghub.people.model import Right
from web import keys
from web.access import ALSO_DEVICES, PUBLIC, SIGNED_IN, only
from web.api.operations import API
from web.asking import ASKS, SEES_REQUESTS, STAFF
from web.attendance import DECIDES, PROPOSES
from web.documents import MOST_BYTES
from web.entry import Entry
from web.imports import BRINGS
from web.live import LEADS
from web.pages import (
    account,
    accounts,
    addresses,
    agendas,
    approvals,
    ask,
    ask_own,
    attendance,
    baselines,
    burden,
    burden_acts,
    calendars,
    devices,
    documents,
    health,
    history,
    hooks,
    imports,
    kiosk,
    live_acts,
    live_token,
    mail,
    meetings,
    merge_plan,
    minutes,
    notice_answers,
    notice_approval,
    notice_archive,
    notice_board,
    notice_board_items,
    notice_deliveries,
    notice_items,
    notice_link,
    notice_offers,
    notice_settings,
    policies,
    reports,
    requests,
    roll,
    rsvp,
    search,
    series,
    sign_in,
    static,
    styleguide,
    tasks,
    today,
    tokens,
    topics,
    webhooks,
    workdays,
)
from web.pages import signalling as rtc
from web.sending import MAY_RUN

SECTIONS = [
    ("today", "/"),
    ("meetings", "/meetings"),
    ("notice", "/notice"),
    ("ledger", "/ledger"),
    ("burden", "/burden"),
]
"""The header's five, in order. One whose page is not in the table yet is left out: a link never leads nowhere."""

ENTRIES = [
    # signing in and out
    Entry("GET", "/sign-in", sign_in.show, PUBLIC),
    Entry("POST", "/sign-in", sign_in.submit, PUBLIC),
    Entry("POST", "/sign-out", sign_in.sign_out, SIGNED_IN),
    Entry("GET", "/account", account.show, SIGNED_IN),
    Entry("POST", "/account/password", account.change_password, SIGNED_IN),
    Entry("POST", "/account/language", account.choose_language, SIGNED_IN),
    Entry("POST", "/account/sign-out-elsewhere", account.sign_out_elsewhere, SIGNED_IN),
    Entry("GET", "/account/tokens", tokens.show, SIGNED_IN),
    Entry("POST", "/account/tokens", tokens.make, SIGNED_IN),
    Entry("POST", "/account/tokens/{key}/revoke", tokens.revoke, SIGNED_IN),
    # accounts, for the administrator
    Entry("GET", "/accounts", accounts.show, only(Right.ADMINISTRATOR)),
    Entry("POST", "/accounts/{account}/password", accounts.reset_password, only(Right.ADMINISTRATOR)),
    Entry("POST", "/accounts/{account}/sign-out", accounts.sign_out, only(Right.ADMINISTRATOR)),
    # paired PCs: the administrator's list, and the page that such a PC shows
    Entry("GET", "/devices", devices.show, only(Right.ADMINISTRATOR)),
    Entry("POST", "/devices", devices.pair, only(Right.ADMINISTRATOR)),
    Entry("POST", "/devices/code", devices.look_up, only(Right.ADMINISTRATOR)),
    Entry("GET", "/devices/{device}/unpair", devices.confirm_unpair, only(Right.ADMINISTRATOR)),
    Entry("POST", "/devices/{device}/unpair", devices.unpair, only(Right.ADMINISTRATOR)),
    # mails and working days, for the administrator
    Entry("GET", "/mail", mail.index, only(Right.ADMINISTRATOR)),
    Entry("GET", "/mail/{mail}", mail.show, only(Right.ADMINISTRATOR)),
    Entry("GET", "/mail/{mail}/html", mail.as_html, only(Right.ADMINISTRATOR)),
    Entry("GET", "/mail/{mail}/resend", mail.confirm_resend, only(Right.ADMINISTRATOR)),
    Entry("POST", "/mail/{mail}/resend", mail.resend, only(Right.ADMINISTRATOR)),
    Entry("GET", "/mail/{mail}/bounce", mail.confirm_bounce, only(Right.ADMINISTRATOR)),
    Entry("POST", "/mail/{mail}/bounce", mail.bounce, only(Right.ADMINISTRATOR)),
    Entry("GET", "/addresses", addresses.show, only(Right.ADMINISTRATOR)),
    Entry("POST", "/addresses", addresses.save, only(Right.ADMINISTRATOR)),
    Entry("GET", "/workdays", workdays.show, only(Right.ADMINISTRATOR)),
    Entry("POST", "/workdays", workdays.put, only(Right.ADMINISTRATOR)),
    Entry("GET", "/workdays/{year}.csv", workdays.as_csv, only(Right.ADMINISTRATOR)),
    # history: meetings held before, and what a survey counted
    Entry("GET", "/imports", imports.index, only(*BRINGS)),
    Entry("POST", "/imports", imports.upload, only(*BRINGS), largest=imports.LARGEST_BODY),
    Entry("GET", "/imports/drafts/{file}", imports.show, only(*BRINGS)),
    Entry("POST", "/imports/drafts/{file}", imports.settle, only(*BRINGS)),
    Entry("POST", "/imports/drafts/{file}/take", imports.take, only(*BRINGS)),
    Entry("POST", "/imports/drafts/{file}/drop", imports.drop, only(*BRINGS)),
    Entry("GET", "/imports/takings/{taking}", imports.taking, only(*BRINGS)),
    Entry("POST", "/imports/takings/{taking}/back", imports.take_back, only(*BRINGS)),
    Entry("GET", "/imports/baselines", baselines.index, only(*BRINGS)),
    Entry("POST", "/imports/baselines", baselines.put, only(*BRINGS), largest=imports.LARGEST_BODY),
    Entry("POST", "/imports/baselines/{baseline}/withdraw", baselines.withdraw, only(*BRINGS)),
    Entry("GET", "/kiosk", kiosk.show, PUBLIC, of_device=True),
    Entry("GET", "/kiosk.json", kiosk.state, PUBLIC, of_device=True),
    Entry("POST", "/kiosk/code", kiosk.ask, PUBLIC, of_device=True),
    Entry("GET", "/kiosk-worker.js", kiosk.worker, PUBLIC, anonymous=True),
    # pages
    Entry("GET", "/", today.show, SIGNED_IN),
    Entry("GET", "/search", search.show, SIGNED_IN),
    Entry("GET", "/styleguide", styleguide.show, SIGNED_IN),
    Entry("GET", "/meetings", meetings.index, SIGNED_IN),
    Entry("GET", "/meetings/{id}", meetings.show, SIGNED_IN),
    Entry("GET", "/meetings/{id}/live.json", meetings.live_json, ALSO_DEVICES),
    # a live meeting: its three windows, and what is done in them
    Entry("GET", "/meetings/{id}/console", meetings.console, only(*LEADS)),
    Entry("GET", "/meetings/{id}/wall", meetings.wall, only(*LEADS)),
    Entry("GET", "/meetings/{id}/site", meetings.site, only(Right.SITE)),
    Entry("POST", "/meetings/{id}/token", live_token.issue, only(*LEADS, Right.SITE, devices=True)),
    Entry("POST", "/meetings/{id}/floor", live_acts.on_floor, only(*LEADS)),
    Entry("POST", "/meetings/{id}/hand", live_acts.on_hand, only(Right.SITE, devices=True)),
    Entry("POST", "/meetings/{id}/hands", live_acts.on_hands, only(*LEADS)),
    Entry("POST", "/meetings/{id}/agenda", live_acts.on_agenda, only(*LEADS)),
    Entry("POST", "/meetings/{id}/state", live_acts.on_state, only(*LEADS)),
    Entry("POST", "/meetings/{id}/chair", live_acts.on_chair, only(*LEADS)),
    Entry("POST", "/meetings/{id}/layout", live_acts.on_layout, only(*LEADS)),
    Entry("POST", "/meetings/{id}/check", live_acts.on_check, only(Right.SITE, devices=True)),
    # roll call: the main venue's acts, and each site's list of its own people
    Entry("POST", "/meetings/{id}/roll", roll.on_roll, only(*LEADS)),
    Entry("GET", "/meetings/{id}/roster.json", roll.roster_json, only(Right.SITE, devices=True)),
    Entry("POST", "/meetings/{id}/roster", roll.on_roster, only(Right.SITE, devices=True)),
    Entry("GET", "/meetings/{id}/summary.json", roll.summary_json, only(Right.SITE, devices=True)),
    # the agenda before the meeting: the host's board, the others' claims
    Entry("GET", "/meetings/{id}/agenda", agendas.show, SIGNED_IN),
    Entry("GET", "/meetings/{id}/agenda/announcement", agendas.announcement, only(*agendas.HOSTS)),
    Entry("POST", "/meetings/{id}/agenda/changes", agendas.change, only(*agendas.HOSTS)),
    Entry("POST", "/meetings/{id}/agenda/items", agendas.add, only(*agendas.HOSTS)),
    Entry("POST", "/meetings/{id}/agenda/terms", agendas.terms, only(*agendas.HOSTS)),
    Entry("POST", "/meetings/{id}/agenda/final", agendas.finalise, only(*agendas.HOSTS)),
    Entry("POST", "/meetings/{id}/agenda/claims", agendas.claim, only(*agendas.CLAIMS)),
    Entry("POST", "/meetings/{id}/agenda/claims/{claim}", agendas.decide, only(*agendas.HOSTS)),
    # attendance: a meeting's sheet, corrections of it, and sheets over time
    Entry("GET", "/meetings/{id}/attendance", attendance.show, SIGNED_IN),
    Entry("GET", "/meetings/{id}/attendance.json", attendance.as_json, SIGNED_IN),
    Entry("GET", "/meetings/{id}/attendance.xlsx", attendance.as_xlsx, SIGNED_IN),
    Entry("GET", "/meetings/{id}/attendance.pdf", attendance.as_pdf, SIGNED_IN),
    Entry("POST", "/meetings/{id}/attendance/corrections", attendance.propose, only(*PROPOSES)),
    Entry("POST", "/meetings/{id}/attendance/corrections/{number}", attendance.decide, only(*DECIDES)),
    Entry("GET", "/attendance", history.show, SIGNED_IN),
    Entry("GET", "/attendance.xlsx", history.as_xlsx, SIGNED_IN),
    # documents of segments
    Entry("GET", "/meetings/{id}/documents", documents.show, SIGNED_IN),
    Entry("GET", "/meetings/{id}/documents.json", documents.as_json, ALSO_DEVICES),
    Entry("GET", "/meetings/{id}/documents/{document}", documents.fetch, ALSO_DEVICES),
    Entry("POST", "/meetings/{id}/documents/to/{segment}", documents.add, only(*WRITES), largest=MOST_BYTES),
    Entry("POST", "/meetings/{id}/documents/{document}/remove", documents.remove, only(*WRITES)),
    # minutes: written, published, taken note of; the tasks they give
    Entry("GET", "/meetings/{id}/minutes", minutes.show, SIGNED_IN),
    Entry("GET", "/meetings/{id}/minutes.pdf", minutes.as_pdf, SIGNED_IN),
    Entry("GET", "/meetings/{id}/minutes/draft", minutes.draft, only(*WRITES)),
    Entry("POST", "/meetings/{id}/minutes/draft/{segment}", minutes.save, only(*WRITES)),
    Entry("POST", "/meetings/{id}/minutes/publish", minutes.publish, only(*WRITES)),
    Entry("POST", "/meetings/{id}/minutes/taken", minutes.take_note, only(Right.SITE)),
    Entry("GET", "/tasks", tasks.show, SIGNED_IN),
    Entry("POST", "/tasks/{task}", tasks.answer, only(Right.SITE, *ASKS)),
    # the weekly notice: a department's items
    Entry("GET", "/notice", notice_items.index, SIGNED_IN),
    Entry("POST", "/notice/items", notice_items.begin, only(*ASKS)),
    Entry("GET", "/notice/items/{notice}", notice_items.show, only(*STAFF)),
    Entry("POST", "/notice/items/{notice}", notice_items.save, only(*ASKS), largest=notice_items.LARGEST_BODY),
    Entry("POST", "/notice/items/{notice}/preview", notice_items.preview, only(*ASKS)),
    Entry("POST", "/notice/items/{notice}/withdraw", notice_items.withdraw, only(*ASKS)),
    Entry("POST", "/notice/items/{notice}/restore", notice_items.restore, only(*ASKS)),
    Entry("POST", "/notice/items/{notice}/files", notice_items.attach, only(*ASKS), largest=MOST_BYTES),
    Entry("POST", "/notice/items/{notice}/files/{file}/remove", notice_items.detach, only(*ASKS)),
    Entry("GET", "/notice/items/{notice}/files/{file}", notice_items.fetch, only(*STAFF)),
    # asking for a meeting: the wizard, requests, approval
    Entry("GET", "/ask", ask.begin, only(*ASKS)),
    Entry("GET", "/ask/{draft}/count", ask.counted, only(*ASKS)),
    Entry("GET", "/ask/{draft}/notice", ask.offer, only(*ASKS)),
    Entry("POST", "/ask/{draft}/notice", ask.keep, only(*ASKS)),
    Entry("POST", "/ask/{draft}/drop", ask.drop, only(*ASKS)),
    Entry("GET", "/ask/{draft}/rides", ask_own.rides, only(*ASKS)),
    Entry("POST", "/ask/{draft}/rides", ask_own.decline, only(*ASKS)),
    Entry("POST", "/ask/{draft}/ride", ask_own.ride, only(*ASKS)),
    Entry("GET", "/ask/{draft}/own", ask_own.own_meeting, only(*ASKS)),
    Entry("POST", "/ask/{draft}/own", ask_own.call, only(*ASKS)),
    Entry("POST", "/ask/{draft}/times", series.times, only(*ASKS)),
    Entry("GET", "/ask/{draft}/check", ask_own.check, only(*ASKS)),
    Entry("POST", "/ask/{draft}/submit", ask_own.submit, only(*ASKS)),
    Entry("GET", "/ask/{draft}/{step}", ask.show, only(*ASKS)),
    Entry("POST", "/ask/{draft}/{step}", ask.answer, only(*ASKS)),
    Entry("GET", "/series/{series}", series.show, SIGNED_IN),
    Entry("GET", "/series/{series}/{place}", series.edit, only(*ASKS)),
    Entry("POST", "/series/{series}/{place}/change", series.change, only(*ASKS)),
    Entry("POST", "/series/{series}/{place}/cancel", series.cancel, only(*ASKS)),
    Entry("GET", "/requests", requests.index, only(*ASKS, *SEES_REQUESTS)),
    Entry("GET", "/requests/{request}", requests.show, only(*STAFF)),
    Entry("POST", "/requests/{request}/decide", requests.decide, only(*STAFF)),
    Entry("POST", "/requests/{request}/withdraw", requests.withdraw, only(*ASKS)),
    Entry("GET", "/approvals", requests.approvals, only(*STAFF)),
    Entry("POST", "/approvals/deputies", requests.deputies, only(*SEES_REQUESTS)),
    Entry("GET", "/approvals/{token}", approvals.show, SIGNED_IN),
    Entry("POST", "/approvals/{token}", approvals.decide, SIGNED_IN),
    Entry("GET", "/topics", topics.show, SIGNED_IN),
    Entry("POST", "/topics", topics.ask, only(Right.SITE)),
    Entry("POST", "/topics/{topic}", topics.act, only(*ASKS, Right.SITE)),
    # the rules for calling meetings
    Entry("GET", "/policies", policies.index, only(Right.COORDINATOR)),
    Entry("POST", "/policies", policies.draft, only(Right.COORDINATOR)),
    Entry("GET", "/policies/{number}", policies.show, only(Right.COORDINATOR)),
    Entry("POST", "/policies/{number}", policies.change, only(Right.COORDINATOR)),
    Entry("GET", "/policies/{number}/preview", policies.preview, only(Right.COORDINATOR)),
    Entry("POST", "/policies/{number}/switch-on", policies.switch_on, only(Right.COORDINATOR)),
    Entry("POST", "/policies/{number}/withdraw", policies.withdraw, only(Right.COORDINATOR)),
    Entry("POST", "/policies/{number}/drop", policies.drop, only(Right.COORDINATOR)),
    # what meetings cost
    Entry("GET", "/burden", burden.show, SIGNED_IN),
    Entry("GET", "/burden/rows", burden.rows, SIGNED_IN),
    Entry("GET", "/burden/rows.xlsx", burden.as_xlsx, SIGNED_IN),
    Entry("GET", "/burden/rows.csv", burden.as_csv, SIGNED_IN),
    Entry("GET", "/burden/sittings/{sitting}", burden_acts.sitting, SIGNED_IN),
    Entry("POST", "/burden/sittings/{sitting}/contests", burden_acts.contest, only(Right.SITE)),
    Entry("POST", "/burden/sittings/{sitting}/contests/{contest}", burden_acts.decide, only(Right.COORDINATOR)),
    Entry("GET", "/burden/calls", burden_acts.calls, only(*burden_acts.SEES_CALLS)),
    Entry("POST", "/burden/calls", burden_acts.log, only(Right.SITE)),
    Entry("POST", "/burden/calls/{call}", burden_acts.answer, only(*burden_acts.ANSWERS_CALLS)),
    # the weekly merge plan
    Entry("GET", "/merge-plan", merge_plan.show, only(*merge_plan.SEES)),
    Entry("POST", "/merge-plan", merge_plan.make, only(*merge_plan.SEES)),
    Entry("POST", "/merge-plan/{row}", merge_plan.accept, only(Right.COORDINATOR)),
    # own calendars: addresses to subscribe to, and what they answer
    Entry("GET", "/calendar", calendars.show, SIGNED_IN),
    Entry("POST", "/calendar", calendars.make, SIGNED_IN),
    Entry("POST", "/calendar/revoke", calendars.revoke, SIGNED_IN),
    Entry("GET", "/rsvp/{token}", rsvp.show, PUBLIC),
    Entry("POST", "/rsvp/{token}", rsvp.answer, PUBLIC),
    Entry("GET", "/feeds/{token}.ics", calendars.feed, PUBLIC, anonymous=True),
    # the weekly notice: the host office's board; which accounts those are, its service knows
    Entry("GET", "/notice/board", notice_board.index, only(*STAFF)),
    Entry("POST", "/notice/board/{board}", notice_board.act, only(*STAFF)),
    Entry("GET", "/notice/board/preview/{seat}", notice_board.preview, only(*STAFF)),
    Entry("GET", "/notice/board/{board}/approve", notice_approval.confirm, only(*STAFF)),
    Entry("POST", "/notice/board/{board}/approve", notice_approval.approve, only(*STAFF)),
    Entry("GET", "/notice/board/items/{item}", notice_board_items.show, only(*STAFF)),
    Entry(
        "POST",
        "/notice/board/items/{item}",
        notice_board_items.edit,
        only(*STAFF),
        largest=notice_items.LARGEST_BODY,
    ),
    Entry("POST", "/notice/board/items/{item}/return", notice_board_items.give_back, only(*STAFF)),
    Entry("POST", "/notice/board/items/{item}/put", notice_board_items.put, only(*STAFF)),
    # answers to items of the weekly notice: by the link in a mail, by committees, and who follows them
    Entry("GET", "/notice/answer/{token}", notice_link.show, PUBLIC),
    Entry("POST", "/notice/answer/{token}", notice_link.answer, PUBLIC),
    Entry("GET", "/notice/answers", notice_answers.index, SIGNED_IN),
    Entry("POST", "/notice/answers", notice_answers.give, only(Right.SITE)),
    Entry("POST", "/notice/answers/{item}/questions", notice_answers.ask, only(Right.SITE)),
    # issues that were sent
    Entry("GET", "/notice/issues", notice_archive.index, SIGNED_IN),
    Entry("GET", "/notice/issues/{issue}", notice_archive.issue, SIGNED_IN),
    Entry("GET", "/notice/issues/{issue}/{seat}.pdf", notice_archive.as_pdf, SIGNED_IN),
    Entry("GET", "/notice/issues/{issue}/{seat}", notice_archive.page, SIGNED_IN),
    Entry("GET", "/notice/issues/{issue}/{seat}/files/{item}/{file}", notice_archive.file, SIGNED_IN),
    Entry("GET", "/notice/issues/{issue}/{seat}/meetings/{meeting}", notice_archive.calendar, SIGNED_IN),
    Entry("GET", "/notice/file/{token}", notice_archive.file_by_link, PUBLIC),
    Entry("GET", "/notice/calendar/{token}", notice_archive.calendar_by_link, PUBLIC),
    Entry("GET", "/notice/items/{item}/answers", notice_answers.show, only(*STAFF)),
    Entry("POST", "/notice/questions/{question}", notice_answers.reply, only(*ASKS)),
    Entry("POST", "/notice/offers/{offer}", notice_offers.answer, only(*ASKS)),
    # the weekly notice: how it is run, what became of its mails
    Entry("GET", "/notice/settings", notice_settings.show, only(*MAY_RUN)),
    Entry("POST", "/notice/settings", notice_settings.save, only(*MAY_RUN)),
    Entry("POST", "/notice/settings/pause", notice_settings.pause, only(*MAY_RUN)),
    Entry("POST", "/notice/settings/resume", notice_settings.resume, only(*MAY_RUN)),
    Entry("GET", "/notice/deliveries", notice_deliveries.index, only(*MAY_RUN)),
    Entry("GET", "/notice/deliveries/dry-run", notice_deliveries.dry_run, only(*MAY_RUN)),
    Entry("GET", "/notice/deliveries/{issue}/{seat}", notice_deliveries.show, only(*MAY_RUN)),
    Entry("POST", "/notice/deliveries/{issue}/{seat}/resend", notice_deliveries.resend, only(*MAY_RUN)),
    Entry("POST", "/notice/deliveries/{issue}/{seat}/test", notice_deliveries.test, only(*MAY_RUN)),
    # what programmes are told
    Entry("GET", "/webhooks", webhooks.index, only(*webhooks.LOOKS_AFTER)),
    Entry("POST", "/webhooks", webhooks.register, only(*webhooks.LOOKS_AFTER)),
    Entry("GET", "/webhooks/{webhook}", webhooks.show, only(*webhooks.LOOKS_AFTER)),
    Entry("POST", "/webhooks/{webhook}/pause", webhooks.pause, only(*webhooks.LOOKS_AFTER)),
    Entry("POST", "/webhooks/{webhook}/resume", webhooks.resume, only(*webhooks.LOOKS_AFTER)),
    Entry("GET", "/webhooks/{webhook}/remove", webhooks.confirm_remove, only(*webhooks.LOOKS_AFTER)),
    Entry("POST", "/webhooks/{webhook}/remove", webhooks.remove, only(*webhooks.LOOKS_AFTER)),
    Entry("POST", "/webhooks/{webhook}/{delivery}/resend", webhooks.resend, only(*webhooks.LOOKS_AFTER)),
    # what programmes ask
    *API,
    # what machines ask
    Entry("POST", "/hooks/livekit", hooks.livekit, PUBLIC, foreign=True, anonymous=True),
    Entry("GET", "/healthz", health.alive, PUBLIC, anonymous=True),
    Entry("GET", "/readyz", health.ready, PUBLIC, anonymous=True),
    Entry("GET", "/metrics", health.metrics, PUBLIC, anonymous=True),
    Entry("POST", "/csp-reports", reports.receive, PUBLIC, foreign=True, anonymous=True),
    Entry("GET", "/static/{name}", static.serve, PUBLIC, anonymous=True),
    # LiveKit's signalling, passed on to media; the token in it says who may
    Entry("GET", "/rtc", rtc.forward, PUBLIC, anonymous=True),
    Entry("GET", "/rtc/{rest:.*}", rtc.forward, PUBLIC, anonymous=True),
]


def install(app: web.Application, entries: list[Entry] = ENTRIES) -> None:
    """Add every entry to the router and remember it for :func:`web.middleware.admit`."""
    known: dict[AbstractRoute, Entry] = {}
    for entry in entries:
        known[app.router.add_route(entry.method, entry.path, entry.handler)] = entry
        if entry.method == "GET":
            known[app.router.add_route("HEAD", entry.path, entry.handler)] = entry
    app[keys.ENTRIES] = known
    pages = {entry.path for entry in entries if entry.method == "GET"}
    app[keys.SECTIONS] = [(name, address) for name, address in SECTIONS if address in pages]
