"""A meeting as people hold it: main venue and two rooms in real browser windows, with picture and sound."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from livekit import api
from playwright.async_api import Page

from meetinghub.clock import SHANGHAI
from tests.flows.product import Product, product
from tests.flows.test_floor import planned
from tests.flows.windows import Windows, hears, is_silent, moves, says, true, windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SPEAKING = "麦克风已打开，全场听得到您"
CLOSED = "麦克风已由主会场关闭"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("pages")) as running:
        yield running


async def open_main(all_windows: Windows, number: int) -> Page:
    """The operator's console, with this computer as the main venue."""
    console = await all_windows.sign_in("operator")
    await console.goto(f"/meetings/{number}/console")
    await console.click("#main-venue")
    await console.click("[data-key=start-main]")
    await says(console, "#main-venue", "这台电脑是主会场")
    await console.keyboard.press("Escape")
    return console


async def enter(all_windows: Windows, number: int, username: str) -> Page:
    """A room, through its self-test."""
    page = await all_windows.sign_in(username)
    await page.goto(f"/meetings/{number}/site")
    await page.click("[data-key=enter]")
    return page


async def test_a_meeting_from_the_self_test_to_the_end(started: Product, tmp_path: Path) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        console = await open_main(opened, number)
        first, second = [await enter(opened, number, name) for name in ("site-01", "site-02")]
        await says(first, "#card", "会议还没开始")

        await console.click("[data-key=start-meeting]")
        for room in (first, second):
            await moves(room, "large")
        await says(second, "#says", CLOSED)
        await moves(console, "large")

        # the chair calls a room by its raised hand; the room answers; the other one sees and hears it
        await second.keyboard.press("Space")
        await says(second, "#hand", "第 1 位")
        await second.fill("#topic-text", "项目经费能不能跨年使用？")
        await second.keyboard.press("Enter")
        await says(console, "#queue .first", "项目经费能不能跨年使用？")
        await moves(console, "preview")
        await hears(first)
        await console.click("#main-venue")
        await console.click("[data-key=main-mute]")
        await console.keyboard.press("Escape")
        await is_silent(first)  # so that what is heard from here on is the called room
        await console.keyboard.press("1")
        await second.wait_for_selector("#turn:not([hidden])")
        await says(second, "#says", SPEAKING)
        await moves(first, "small")
        await hears(first)
        await first.screenshot(path=tmp_path / "room.png")
        await console.screenshot(path=tmp_path / "console.png")

        # what everybody sees is this room, large
        name = (await second.inner_text("#venue")).removesuffix("分会场")
        await console.keyboard.press("b")
        await says(first, "#large-name", name)
        await moves(first, "large")

        # a page that is opened anew in the middle of its turn is back in it
        await second.reload()
        await says(second, "#says", SPEAKING)
        await moves(first, "large")
        await hears(first)

        # the chair takes the floor back
        await console.keyboard.press("m")
        await says(second, "#says", CLOSED)
        await is_silent(first)

        await console.click("[data-key=end]")
        await console.click("dialog .btn-main")
        for room in (first, second):
            await says(room, "#card", "会议结束，各位辛苦了")
        await true(console, "document.querySelector('video#large').srcObject === null")


async def test_a_seat_has_one_window_and_can_be_taken_back(started: Product) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        old = await enter(opened, number, "site-03")
        await says(old, "#card", "会议还没开始")
        new = await old.context.new_page()
        await new.goto(f"/meetings/{number}/site")
        await says(old, "#card", "会场已在另一个窗口打开")
        await old.click("#card .btn-main")
        await says(old, "#card", "会议还没开始")
        await says(new, "#card", "会场已在另一个窗口打开")


async def test_a_killed_media_process_is_survived_with_seat_and_floor(started: Product) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        console = await open_main(opened, number)
        room = await enter(opened, number, "site-04")
        await console.click("[data-key=start-meeting]")
        await moves(room, "large")
        await console.click("#map li:nth-child(4) button")
        await console.keyboard.press("Enter")
        await says(room, "#says", SPEAKING)
        started.kill("media")
        await says(room, "#frozen", "网络断了，正在重连")
        started.start("media")
        await room.wait_for_selector("#frozen", state="hidden", timeout=30_000)
        await says(room, "#says", SPEAKING)
        await moves(room, "large")
        await moves(console, "small")


async def test_a_meeting_that_is_put_off_says_when_and_why(started: Product) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        room = await enter(opened, number, "site-06")
        await says(room, "#card", "会议还没开始")
        console = await opened.sign_in("chair")
        await console.goto(f"/meetings/{number}/console")
        await console.click("#meeting")
        later = (datetime.now(SHANGHAI) + timedelta(days=3)).strftime("%Y-%m-%dT09:30")
        await console.fill("#postpone-when", later)
        await console.fill("#postpone-why", "主会场停电检修")
        await console.press("#postpone-why", "Enter")
        await says(room, "#card", "会议改期")
        await says(room, "#card", "09:30")
        await says(room, "#card", "主会场停电检修")


async def test_a_meeting_that_is_cancelled_says_why_and_lets_nobody_in(started: Product) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        room = await enter(opened, number, "site-08")
        await says(room, "#card", "会议还没开始")
        console = await opened.sign_in("operator")
        await console.goto(f"/meetings/{number}/console")
        await console.click("#meeting")
        await console.press("#cancel-why", "Enter")
        await says(console, "#cancel-error", "请写一句原因")
        await console.fill("#cancel-why", "区里另有安排")
        await console.press("#cancel-why", "Enter")
        await says(room, "#card", "区里另有安排")
        await room.reload()
        await says(room, "#card", "区里另有安排")


async def reached(server: api.LiveKitAPI, seat: api.RoomParticipantIdentity, state: int) -> bool:
    try:
        there: int = (await server.room.get_participant(seat)).state
    except api.TwirpError:
        return False
    return there >= state


@pytest.mark.parametrize("state", [api.ParticipantInfo.State.JOINED, api.ParticipantInfo.State.ACTIVE])
async def test_a_room_that_was_removed_is_told_and_may_come_back(started: Product, state: int) -> None:
    """Whether its media flow already, or it is only just coming in."""
    number = planned(started)
    secret = (Path(started.environ["DATA_DIR"]) / "livekit-secret").read_text().strip()
    async with windows(started.url) as opened, api.LiveKitAPI(started.media_url, "meetinghub", secret) as server:
        room = await enter(opened, number, "site-07")
        seat = api.RoomParticipantIdentity(room=f"meeting-{number}", identity="site-07")
        for _ in range(300):
            if await reached(server, seat, state):
                break
            await asyncio.sleep(0.02)
        await server.room.remove_participant(seat)
        await says(room, "#card", "主会场已把本窗口移出会议")
        await room.click("#card .btn-main")
        await says(room, "#card", "会议还没开始")


REFUSED = """
const devices = navigator.mediaDevices; // an empty page has none
const original = devices?.getUserMedia.bind(devices);
window.refuse = "%s";
if (devices) devices.getUserMedia = async (wanted) => {
  if (window.refuse && wanted.%s) throw new DOMException("no", window.refuse);
  return original(wanted);
};
"""


@pytest.mark.parametrize(
    ("error", "device", "title", "way_on"),
    [
        ("NotAllowedError", "video", "浏览器没有允许使用摄像头", "先只用声音进入"),
        ("NotReadableError", "video", "摄像头正被别的程序使用", "先只用声音"),
        ("NotFoundError", "video", "没有找到摄像头", "先只用声音进入"),
        ("NotAllowedError", "audio", "浏览器没有允许使用麦克风", "先只看和听"),
        ("NotFoundError", "audio", "没有找到麦克风", "先只看和听"),
    ],
)
async def test_a_refused_device_is_explained_and_heals(
    started: Product, error: str, device: str, title: str, way_on: str
) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        page = await opened.sign_in("site-05", script=REFUSED % (error, device))
        await page.goto(f"/meetings/{number}/site")
        await says(page, "#card", title)
        await page.click(f"text={way_on}")
        await says(page, "#card", "进会前自检")
        await page.reload()
        await says(page, "#card", title)
        await page.evaluate("window.refuse = ''")
        await page.click("#card .btn-main")
        await says(page, "#card", "进会前自检")
