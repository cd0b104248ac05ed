"""A committee's PC as it stands in its room: paired once, and from then on nobody touches it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page
from sqlmodel import Session as Db

from meetinghub.clock import SystemClock
from meetinghub.db import Database
from meetinghub.documents.service import Documents
from meetinghub.files.shelf import Shelf
from meetinghub.meetings import course, service, store
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.service import Meetings
from meetinghub.meetings.upcoming import COMING
from meetinghub.people import store as people
from tests.flows.product import ROOT, Product, product
from tests.flows.test_meeting_pages import SPEAKING, open_main
from tests.flows.test_pages_for_all import is_clean
from tests.flows.windows import Windows, moves, says, true, windows
from tests.meetinghub.files.examples import FILES
from tests.meetinghub.meetings.examples import meeting as meeting_of_four

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

PAIRING = "把这台电脑配成分会场"
WRONG_CLOCK = """
const Real = Date, wrong = -17 * 365 * 86400_000;
window.Date = class extends Real {
  constructor(...values) { values.length ? super(...values) : super(Real.now() + wrong); }
  static now() { return Real.now() + wrong; }
};
"""
"""A PC whose battery is empty believes to live years ago."""
NOTHING = "现在没有要开的会"
SEAT = 4
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length 54>>stream\nBT /F1 40 Tf 80 700 Td (Warm winter: 14 homes) Tj ET\nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("kiosk")) as running:
        yield running


class Calendar:
    """The product's meetings, planned and called off behind its back."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.meetings = Meetings(database, SystemClock())

    async def clear(self) -> None:
        for listed in await self.meetings.listings(states=(*COMING, State.LIVE)):
            if listed.state is State.LIVE:
                await self.meetings.act(listed.id, lambda state, now: course.end(state), "chair")
            else:
                await self.cancel(listed.id)

    async def plan(self, minutes: float, title: str = "书记主任月度工作例会") -> int:
        """A meeting of all committees that starts so many minutes from now."""
        starts_at = SystemClock().now() + timedelta(minutes=minutes)
        meeting = replace(meeting_of_four(), starts_at=starts_at, title=title)
        committees = await self.database.read(people.committees)
        places = [store.SitePlan(each.id, "", "") for each in committees]

        def write(db: Db) -> int:
            return service.plan(db, meeting=meeting, sites=places, now=SystemClock().now(), actor="host")

        return await self.database.write(write)

    async def cancel(self, number: int) -> None:
        await self.meetings.act(number, lambda state, now: course.cancel(state, "区里另有安排"), "chair")


@pytest.fixture
async def calendar(started: Product) -> AsyncIterator[Calendar]:
    """Empty: nothing is planned."""
    database = Database(f"sqlite:///{started.environ['DATA_DIR']}/meetinghub.sqlite")
    made = Calendar(database)
    await made.clear()
    yield made
    database.close()


async def code_of(pc: Page) -> str:
    """The digits on the PC's screen."""
    await says(pc, "#card", PAIRING)
    await pc.wait_for_selector(".code")
    return "".join(await pc.locator("#card .code span").all_inner_texts())


async def accept(admin: Page, code: str) -> None:
    """The administrator's two steps."""
    await admin.goto("/devices")
    await admin.fill("#code", code)
    await admin.press("#code", "Enter")
    await says(admin, "h1", "核对这台电脑")
    value = await admin.locator("#committee option", has_text="云杉里").get_attribute("value")
    await admin.select_option("#committee", value)
    await admin.click("main button.button")
    await says(admin, "[role=status]", "已配对：云杉里")


async def unpair(admin: Page) -> None:
    """Every PC there is."""
    await admin.goto("/devices")
    while await admin.locator("td .button").count():
        await admin.click("td .button >> nth=0")
        await admin.click("main .act button")
        await says(admin, "[role=status]", "已解除配对")


@pytest.fixture
async def opened(started: Product) -> AsyncIterator[Windows]:
    async with windows(started.url) as made:
        yield made


@pytest.fixture
async def admin(opened: Windows) -> Page:
    return await opened.sign_in("admin")


@pytest.fixture
async def pc(opened: Windows, admin: Page, calendar: Calendar) -> AsyncIterator[Page]:
    """Paired with the committee on seat 4, with nothing to do."""
    made = await opened.window("pc", script=WRONG_CLOCK)
    await made.goto("/kiosk?lang=zh-CN")
    await accept(admin, await code_of(made))
    await says(made, "#card", NOTHING)
    yield made
    await unpair(admin)


async def test_a_meeting_that_nobody_in_the_room_touched(
    started: Product, opened: Windows, admin: Page, pc: Page, calendar: Calendar, tmp_path: Path
) -> None:
    await calendar.plan(24 * 60, "明天的会")
    await says(pc, "#card", "明天的会")
    await pc.evaluate("window.marker = 1")
    number = await calendar.plan(10)
    await says(pc, "#card", "会议还没开始")  # tested itself, its doors are open, it went in
    await pc.screenshot(path=tmp_path / "doors.png")
    console = await open_main(opened, number)
    await console.click("[data-key=start-meeting]")
    await moves(pc, "large")
    await console.click(f"#map li:nth-child({SEAT}) button")
    await console.keyboard.press("Enter")
    await says(pc, "#says", SPEAKING)

    for name in ("web", "media"):
        started.kill(name)
    await says(pc, "#frozen", "网络断了，正在重连")
    for name in ("media", "web"):
        started.start(name)
    await pc.wait_for_selector("#frozen", state="hidden", timeout=120_000)
    await says(pc, "#says", SPEAKING)
    await moves(pc, "large")
    await moves(console, "small")
    assert await pc.evaluate("window.marker") == 1

    await console.click("[data-key=end]")
    await console.click("dialog .btn-main")
    await says(pc, "#card", "会议结束，各位辛苦了")
    await says(pc, "#card", "本页 2 分钟后自动回到等候")
    await pc.screenshot(path=tmp_path / "ended.png")
    assert await pc.evaluate("window.marker") == 1
    await pc.click("#card .btn-main")
    await says(pc, "#card", "明天的会")
    await unpair(admin)
    await says(pc, "#card", PAIRING)


async def test_unpairing_in_the_middle_of_a_meeting_cuts_the_pc_off(
    opened: Windows, admin: Page, pc: Page, calendar: Calendar
) -> None:
    number = await calendar.plan(5)
    await says(pc, "#card", "会议还没开始")
    console = await open_main(opened, number)
    await console.click("[data-key=start-meeting]")
    await moves(pc, "large")
    await unpair(admin)
    await says(pc, "#card", PAIRING)
    for _ in range(200):
        if not (await calendar.meetings.current(number)).state.online(f"site-{SEAT:02d}"):
            break
        await pc.wait_for_timeout(50)
    assert not (await calendar.meetings.current(number)).state.online(f"site-{SEAT:02d}")
    await console.click("[data-key=end]")
    await console.click("dialog .btn-main")


async def test_the_room_looks_at_its_documents_without_leaving_the_page(
    started: Product, pc: Page, calendar: Calendar, tmp_path: Path
) -> None:
    number = await calendar.plan(20)
    documents = Documents(calendar.database, SystemClock(), Shelf(Path(started.environ["DATA_DIR"]) / "files"))
    known = await calendar.database.read(people.account_named, "coordinator")
    assert known is not None
    first = (await calendar.meetings.current(number)).meeting.segments[0]
    for name, data in (("困难家庭名单.pdf", PDF), ("现场照片.png", PNG), ("报名表.docx", FILES["docx"])):
        await documents.add(number, first.id, known[0], name=name, data=data)
    await says(pc, "#card", "进会前自检")
    await pc.click("#papers-open")
    await says(pc, "dialog", first.title)
    await shown(pc, tmp_path / "documents")
    await pc.click("dialog [aria-label='看 困难家庭名单.pdf']")
    await pc.wait_for_selector("dialog iframe")
    await pc.wait_for_timeout(1500)
    await pc.screenshot(path=tmp_path / "document-pdf.png")
    await pc.keyboard.press("Escape")
    await pc.click("dialog [aria-label='看 现场照片.png']")
    await true(pc, "document.querySelector('dialog img')?.naturalWidth > 0")
    await pc.screenshot(path=tmp_path / "document-png.png")
    await pc.keyboard.press("Escape")
    async with pc.expect_download() as download:
        await pc.click("dialog [aria-label='把 报名表.docx 保存到这台电脑']")
    assert (await download.value).suggested_filename == "报名表.docx"
    assert await pc.locator("dialog").count() == 1


async def test_a_meeting_that_is_called_off_or_put_off_is_left_and_the_next_one_found(
    pc: Page, calendar: Calendar
) -> None:
    first = await calendar.plan(600, "被取消的会")
    await says(pc, "#card", "被取消的会")
    await calendar.cancel(first)
    await says(pc, "#card", NOTHING)
    second = await calendar.plan(10, "先等后取消")
    await says(pc, "#card", "会议还没开始")
    await calendar.cancel(second)
    await says(pc, "#card", "会议取消")
    await says(pc, "#card", "区里另有安排")
    third = await calendar.plan(12, "马上接着开")
    await says(pc, "#title", "马上接着开")  # after a glance at the card, not after two minutes
    await says(pc, "#card", "会议还没开始")
    later = SystemClock().now() + timedelta(days=2)
    await calendar.meetings.act(third, lambda state, now: course.postpone(state, later, "停电", now), "chair")
    await says(pc, "#card", "会议改期")
    await pc.click("#card .btn-main")
    await says(pc, "#card", "改期后的时间")


async def test_a_pc_that_starts_before_the_server_waits_in_words(started: Product, pc: Page) -> None:
    await true(pc, "caches.open('meetinghub.kiosk').then((kept) => kept.match('/kiosk')).then(Boolean)")
    started.kill("web")
    again = await pc.context.new_page()
    await pc.close()
    await again.goto("/kiosk")
    await says(again, "#card", "连不上会议系统，正在自动重试")
    await again.evaluate("window.marker = 1")
    started.start("web")
    await says(again, "#card", NOTHING)
    assert await again.evaluate("window.marker") == 1
    started.wait_ready()


async def test_new_scripts_are_taken_up_between_meetings(pc: Page) -> None:
    manifest = ROOT / "web" / "static" / "built" / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    await pc.evaluate("window.marker = 1")
    try:
        async with pc.expect_event("framenavigated"):
            manifest.write_text(text + "\n", encoding="utf-8")
        await says(pc, "#card", NOTHING)
        await pc.evaluate("window.marker = 2")
    finally:
        manifest.write_text(text, encoding="utf-8")
    await pc.wait_for_timeout(7000)  # longer than it takes to ask again
    assert await pc.evaluate("window.marker") == 2  # once in a while is enough


async def test_one_window_is_the_room_and_another_one_may_take_over(pc: Page) -> None:
    second = await pc.context.new_page()
    await second.goto("/kiosk")
    await says(second, "#card", "分会场已在另一个窗口打开")
    await second.click("[data-key=take-over]")
    await says(second, "#card", NOTHING)
    await says(pc, "#card", "分会场已在另一个窗口打开")
    await second.close()
    await says(pc, "#card", NOTHING)


async def test_a_pc_does_not_push_out_people_and_takes_the_seat_when_they_have_gone(
    opened: Windows, pc: Page, calendar: Calendar
) -> None:
    number = await calendar.plan(24)
    await says(pc, "#card", "进会前自检")
    person = await opened.sign_in("site-04")
    await person.goto(f"/meetings/{number}/site")
    await person.click("[data-key=enter]")
    await says(person, "#card", "会议还没开始")
    await says(pc, "#card", "会场已在另一个窗口打开")
    await person.goto("/")
    await says(pc, "#card", "进会前自检")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_every_page_of_pairing_and_waiting_is_accessible(
    opened: Windows, calendar: Calendar, tmp_path: Path, language: str
) -> None:
    admin = await opened.sign_in("admin")
    await unpair(admin)
    pc = await opened.window("pc")
    await pc.goto(f"/kiosk?lang={language}")
    await pc.wait_for_selector(".code")
    await shown(pc, tmp_path / f"pairing-{language}")
    code = "".join(await pc.locator("#card .code span").all_inner_texts())
    await admin.goto(f"/devices?lang={language}")
    await is_clean(admin)
    await admin.fill("#code", code)
    await admin.press("#code", "Enter")
    await admin.wait_for_selector("#committee")
    await shown(admin, tmp_path / f"confirm-{language}")
    await admin.select_option("#committee", index=SEAT)
    await admin.click("main button.button")
    await admin.wait_for_selector("[role=status]")
    await shown(admin, tmp_path / f"devices-{language}")
    await pc.wait_for_selector(".mark")
    await shown(pc, tmp_path / f"nothing-{language}")
    number = await calendar.plan(70)
    await pc.wait_for_selector(".waiting")
    await shown(pc, tmp_path / f"waiting-{language}")
    await calendar.cancel(number)
    await calendar.plan(25)
    await pc.wait_for_selector(".check")
    await shown(pc, tmp_path / f"check-{language}")
    await admin.click("td .button >> nth=0")
    await admin.wait_for_selector(".facts")
    await shown(admin, tmp_path / f"unpair-{language}")


async def shown(page: Page, path: Path) -> None:
    """Clean at both sizes; the pictures are for the eye."""
    for width, height in ((1366, 768), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        await is_clean(page)
        await page.screenshot(path=path.with_name(f"{path.name}-{width}.png"))
    await page.set_viewport_size({"width": 1366, "height": 768})
