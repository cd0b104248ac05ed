"""Pairing a PC over HTTP, what it may do, and how it is let go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from livekit.api import TokenVerifier
from sqlmodel import Session as Db
from sqlmodel import select

from meetinghub import app as root
from meetinghub import demo
from meetinghub.config import Config
from meetinghub.devices import pairing
from meetinghub.devices.tables import DeviceRow, PairingRow
from meetinghub.ledger.fact import FactKind
from meetinghub.ledger.tables import FactRow
from meetinghub.meetings.tables import SegmentRow
from meetinghub.meetings.upcoming import CHECK
from meetinghub.people import store as people
from tests.web.browser import Browser
from tests.web.conftest import QUICK, Browsers
from tests.web.live import Stage, prepare
from tests.web.paired import AS_DEVICE, accept, ask, fresh, paired, state
from web import keys
from web.documents import DOCUMENTS
from web.live import MEETINGS


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands(datetime.now(UTC))
    monkeypatch.setattr(root, "clock", lambda shift: hands)
    return hands


@pytest.fixture
def app(clock: Hands, config: Config, built: Path) -> web.Application:
    return root.web_app(config, built=built, hasher=QUICK)


@pytest.fixture
async def stage(app: web.Application, browsers: Browsers) -> Stage:
    return await prepare(app, browsers)


async def administrator(browsers: Browsers) -> Browser:
    admin = await browsers("admin")
    await admin.open("/devices")
    return admin


async def post(pc: Browser, path: str, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
    response = await pc.client.post(path, json=body, headers={**AS_DEVICE, "X-CSRF-Token": pc.csrf, **headers})
    return response.status, await response.json()


def rows(db: Db, table: type[Any]) -> list[Any]:
    return list(db.exec(select(table)))


async def test_a_pc_is_paired_by_its_code_and_both_are_kept_only_as_digests(
    browsers: Browsers, app: web.Application
) -> None:
    pc, code = await fresh(browsers)
    database = app[keys.DATABASE]
    (asking,) = await database.read(partial(rows, table=PairingRow))
    assert code not in asking.code
    admin = await administrator(browsers)
    _, text = await admin.submit("/devices/code", code=f"{code[:3]} {code[3:]}")
    assert "127.0.0.1" in text
    assert asking.agent in text
    assert await accept(admin, code, 4) == 200
    known = await state(pc)
    assert known["device"] == {"id": 1, "site": "site-04", "committee": "云杉里"}
    (device,) = await database.read(partial(rows, table=DeviceRow))
    cookie = next(each for each in pc.client.session.cookie_jar if each.key == "device")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value not in (device.digest, asking.digest)
    facts = await database.read(partial(rows, table=FactRow))
    assert [(each.kind, each.actor) for each in facts if each.kind.startswith("device")] == [
        (FactKind.DEVICE_PAIRED, "admin")
    ]


async def test_a_code_serves_once(browsers: Browsers) -> None:
    _, code = await fresh(browsers)
    admin = await administrator(browsers)
    assert await accept(admin, code, 4) == 200
    assert await accept(admin, code, 5) == 422


async def test_a_code_lives_ten_minutes(browsers: Browsers, clock: Hands) -> None:
    _, code = await fresh(browsers)
    admin = await administrator(browsers)
    clock.at += pairing.LIFETIME - timedelta(seconds=1)
    response, _ = await admin.submit("/devices/code", code=code)
    assert response.status == 200
    clock.at += timedelta(seconds=1)
    response, text = await admin.submit("/devices/code", code=code)
    assert response.status == 422
    assert "没有电脑在显示这个配对码" in text
    assert f'value="{code}"' in text


async def test_a_new_code_takes_the_place_of_the_same_pc_s_old_one(browsers: Browsers) -> None:
    pc, old = await fresh(browsers)
    status, answer = await ask(pc)
    assert status == 200
    admin = await administrator(browsers)
    assert await accept(admin, old, 4) == 422
    assert await accept(admin, answer["code"], 4) == 200


async def test_five_wrong_codes_lock_the_account_for_a_quarter_of_an_hour(browsers: Browsers, clock: Hands) -> None:
    _, code = await fresh(browsers)
    admin = await administrator(browsers)
    wrong = "000000" if code != "000000" else "000001"
    for typed in (wrong, "12345", "abcdef", wrong, wrong):
        response, _ = await admin.submit("/devices/code", code=typed)
        assert response.status == 422
    response, text = await admin.submit("/devices/code", code=code)
    assert (response.status, response.headers["Retry-After"]) == (429, "900")
    assert "15 分钟" in text
    assert (await admin.submit("/devices", code=code, committee="4"))[0].status == 429
    clock.at += pairing.WINDOW
    pc, code = await fresh(browsers)
    assert await accept(admin, code, 4) == 200
    assert (await state(pc))["device"]


async def test_wrong_codes_count_for_the_address_whoever_tries() -> None:
    assert not pairing.locked(pairing.Failures(account=4, address=19))
    assert pairing.locked(pairing.Failures(account=0, address=20))


async def test_one_address_cannot_ask_for_codes_without_end(browsers: Browsers, clock: Hands) -> None:
    for _ in range(pairing.ALIVE_PER_ADDRESS):
        await fresh(browsers)
    late = await browsers()
    await late.open("/kiosk")
    await state(late)
    status, answer = await ask(late)
    assert (status, answer["code"]) == (429, "pairing.too_many_codes")
    clock.at += pairing.LIFETIME
    assert (await ask(late))[0] == 200


async def test_a_committee_must_be_chosen(browsers: Browsers) -> None:
    _, code = await fresh(browsers)
    admin = await administrator(browsers)
    for committee in ("", "x", "99999"):
        response, text = await admin.submit("/devices", code=code, committee=committee)
        assert response.status == 422
        assert "请选择居委会" in text
    assert await accept(admin, code, 4) == 200


async def test_a_paired_pc_acts_as_its_committee_s_site_under_its_own_name(stage: Stage) -> None:
    pc = await paired(stage.browsers, 4)
    base = f"/meetings/{stage.number}"
    status, answer = await post(pc, f"{base}/token", {})
    assert (status, answer["identity"]) == (200, "site-04")
    config = stage.app[keys.CONFIG]
    claims = TokenVerifier(config.livekit_api_key, config.livekit_api_secret).verify(answer["token"])
    assert claims.attributes == {"gate.microphone": "closed", "gate.device": "1"}
    await stage.act("chair", "state", {"act": "start"})
    assert (await post(pc, f"{base}/hand", {"act": "raise", "topic": "问"}))[0] == 200
    facts = await stage.app[keys.DATABASE].read(partial(rows, table=FactRow))
    assert [each.actor for each in facts if each.kind == FactKind.HAND_RAISED] == ["device-1"]
    await stage.join("site-04")
    await stage.act("chair", "floor", {"act": "call_on", "site": "site-04"})
    assert (await post(pc, f"{base}/hand", {"act": "done"}))[0] == 200
    assert (await stage.live())["recent"][0]["by"] == "云杉里"


async def test_who_is_signed_in_on_the_pc_is_somebody_else(stage: Stage) -> None:
    pc = await paired(stage.browsers, 4)
    del pc.headers["X-Device"]
    base = f"/meetings/{stage.number}"
    assert (await pc.open(f"{base}/site"))[0].url.path == "/sign-in"  # the PC's cookie alone opens nothing
    await pc.sign_in("site-05", demo.PASSWORD)
    response = await pc.client.post(f"{base}/token", headers={"X-CSRF-Token": pc.csrf})
    assert (await response.json())["identity"] == "site-05"
    assert (await state(pc))["device"]["site"] == "site-04"
    assert (await post(pc, f"{base}/token", {}))[1]["identity"] == "site-04"


async def test_an_unpaired_pc_is_a_stranger_at_once_and_its_token_never_works_again(stage: Stage) -> None:
    pc = await paired(stage.browsers, 4)
    admin = await administrator(stage.browsers)
    _, text = await admin.open("/devices/1/unpair")
    assert "云杉里居委会" in text
    response, text = await admin.submit("/devices/1/unpair")
    assert response.status == 200
    assert "已解除配对" in text
    for what, body in (("token", {}), ("hand", {"act": "raise"}), ("check", {"failed": []})):
        status, answer = await post(pc, f"/meetings/{stage.number}/{what}", body)
        assert (status, answer["code"]) == (401, "access.sign_in_first")
    before = next(each.value for each in pc.client.session.cookie_jar if each.key == "device")
    assert (await state(pc))["device"] is None
    assert (await ask(pc))[0] == 200
    after = next(each.value for each in pc.client.session.cookie_jar if each.key == "device")
    assert before != after
    assert (await admin.submit("/devices/1/unpair"))[0].status == 404
    facts = await stage.app[keys.DATABASE].read(partial(rows, table=FactRow))
    assert [each.actor for each in facts if each.kind == FactKind.DEVICE_UNPAIRED] == ["admin"]


async def test_a_paired_pc_gets_no_further_code(browsers: Browsers) -> None:
    pc = await paired(browsers, 4)
    status, answer = await ask(pc)
    assert (status, answer["code"]) == (409, "pairing.is_paired")


async def test_the_state_names_the_next_meeting_with_the_site_s_own_part(stage: Stage, clock: Hands) -> None:
    pc = await paired(stage.browsers, 4)
    known = await state(pc)
    meeting = known["meeting"]
    assert meeting["id"] == stage.number
    assert meeting["agenda"][0]["mine"]
    starts = datetime.fromisoformat(meeting["starts_at"])
    assert starts - datetime.fromisoformat(meeting["checks_at"]) == timedelta(minutes=30)
    assert starts - datetime.fromisoformat(meeting["opens_at"]) == timedelta(minutes=15)
    assert datetime.fromisoformat(known["now"]) == clock.at.replace(microsecond=clock.at.microsecond // 1000 * 1000)
    await stage.act("chair", "state", {"act": "cancel", "reason": "停电"})
    assert (await state(pc))["meeting"]["id"] != stage.number


async def test_a_paired_pc_has_the_documents_of_its_own_items_of_the_meeting_it_is_in(
    stage: Stage, clock: Hands
) -> None:
    pc = await paired(stage.browsers, 4)
    base, documents = f"/meetings/{stage.number}", stage.app[DOCUMENTS]
    known = await stage.app[keys.DATABASE].read(people.account_named, "coordinator")
    assert known is not None
    clerk = known[0]
    live = await stage.app[MEETINGS].current(stage.number)
    ours, theirs = live.meeting.segments[0].id, live.meeting.segments[1].id

    def narrow(db: Db) -> None:
        row = db.get(SegmentRow, theirs)
        assert row is not None
        row.sites = ["site-29"]
        db.add(row)

    await stage.app[keys.DATABASE].write(narrow)
    mine = await documents.add(stage.number, ours, clerk, name="名单.pdf", data=b"%PDF-1.7 x")
    foreign = await documents.add(stage.number, theirs, clerk, name="别人的.pdf", data=b"%PDF-1.7 y")
    await stage.act("chair", "state", {"act": "start"})
    response = await pc.client.get(f"{base}/documents.json", headers=AS_DEVICE)
    (item,) = (await response.json())["items"]
    assert (item["title"], item["department"]) == (live.meeting.segments[0].title, live.meeting.segments[0].department)
    assert item["documents"] == [{"id": mine, "name": "名单.pdf", "size": "1 KB", "type": "application/pdf"}]
    response = await pc.client.get(f"{base}/documents/{mine}", headers=AS_DEVICE)
    assert await response.read() == b"%PDF-1.7 x"
    assert (await pc.client.get(f"{base}/documents/{foreign}", headers=AS_DEVICE)).status == 404
    for path in (f"{base}/documents", f"{base}/minutes"):  # it reads, and only here
        assert (await pc.client.get(path, headers=AS_DEVICE)).status == 403
    assert (await post(pc, f"{base}/documents/{mine}/remove", {}))[0] == 403
    await stage.act("chair", "state", {"act": "end"})
    for path in (f"{base}/documents.json", f"{base}/documents/{mine}"):
        response = await pc.client.get(path, headers=AS_DEVICE)
        assert (response.status, (await response.json())["code"]) == (403, "document.not_now")


async def test_a_meeting_to_come_shows_its_documents_on_a_paired_pc_when_it_is_waited_for(
    stage: Stage, clock: Hands
) -> None:
    pc = await paired(stage.browsers, 4)
    path = f"/meetings/{stage.number}/documents.json"
    live = await stage.app[MEETINGS].current(stage.number)
    clock.at = live.state.starts_at - CHECK - timedelta(seconds=1)
    assert (await pc.client.get(path, headers=AS_DEVICE)).status == 403
    clock.at += timedelta(seconds=1)
    assert (await pc.client.get(path, headers=AS_DEVICE)).status == 200


async def test_the_list_shows_when_each_pc_was_seen_last(browsers: Browsers, clock: Hands) -> None:
    pc = await paired(browsers, 4)
    admin = await administrator(browsers)
    _, text = await admin.open("/devices")
    assert "开着" in text
    clock.at += timedelta(minutes=5)
    _, text = await admin.open("/devices")
    assert "开着" not in text
    await state(pc)
    _, text = await admin.open("/devices")
    assert "开着" in text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_every_page_of_pairing_opens_in_both_languages(browsers: Browsers, language: str) -> None:
    pc, code = await fresh(browsers)
    admin = await administrator(browsers)
    admin.headers["Accept-Language"] = pc.headers["Accept-Language"] = language
    texts = [(await admin.submit("/devices/code", code=code))[1]]
    assert await accept(admin, code, 4) == 200
    for browser, path in ((admin, "/devices"), (admin, "/devices/1/unpair"), (pc, "/kiosk"), (admin, "/account")):
        response, text = await browser.open(path)
        assert response.status == 200
        texts.append(text)
    assert all(f'<html lang="{language}"' in text for text in texts)


async def test_the_pc_s_page_holds_no_secret_for_the_browser_keeps_it(browsers: Browsers) -> None:
    pc = await paired(browsers, 4)
    _, text = await pc.open("/kiosk")
    assert pc.csrf not in text
    assert 'name="csrf"' not in text


async def test_the_worker_s_script_is_asked_for_again_each_time(browsers: Browsers) -> None:
    pc = await browsers()
    response = await pc.client.get("/kiosk-worker.js")
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")
    assert response.content_type.endswith("/javascript")
