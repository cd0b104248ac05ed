"""Camera, microphone, speaker and screen of a window: what is refused heals, what is chosen stays, what is shared is
seen by all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from playwright.async_api import Page

from tests.flows.product import Product, product
from tests.flows.test_floor import planned
from tests.flows.test_meeting_pages import REFUSED, enter, open_main
from tests.flows.windows import hears, moves, says, true, windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

NOT_SHOWN = "document.querySelector('#large-name').textContent.includes('共享画面') === false"
OPENED = """
const devices = navigator.mediaDevices; // an empty page has none
const original = devices?.getUserMedia.bind(devices);
window.opened = [];
if (devices) devices.getUserMedia = async (wanted) => {
  const stream = await original(wanted);
  window.opened.push(...stream.getAudioTracks());
  return stream;
};
"""
LISTENS = "window.opened.at(-1)?.label"
SELF = "document.querySelector('#self').srcObject?.getVideoTracks()[0]?.label"
DRAWN = """
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = new MediaStream();
  if (wanted.video) {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
    const draw = canvas.getContext("2d");
    setInterval(() => { draw.fillStyle = `hsl(${Date.now() % 360} 80% 50%)`; draw.fillRect(0, 0, 320, 180); }, 200);
    stream.addTrack(canvas.captureStream(5).getVideoTracks()[0]);
  }
  if (wanted.audio)
    stream.addTrack(new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0]);
  return stream;
};
"""
"""Who uses a real camera or microphone may play sound in Chromium, whatever its policy."""
ECHO = "window.opened.at(-1)?.getSettings().echoCancellation"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("devices")) as running:
        yield running


async def test_the_main_venue_shares_its_screen_with_every_room_and_takes_it_back(started: Product) -> None:
    number = planned(started)
    async with windows(started.url, "--use-fake-device-for-media-stream=display-media-type=browser") as opened:
        console = await open_main(opened, number)
        room = await enter(opened, number, "site-01")
        await console.click("[data-key=start-meeting]")
        await moves(room, "large")
        await console.click("#main-venue")
        await console.click("[data-key=share]")
        await says(console, "[data-key=share]", "停止共享")
        await says(room, "#large-name", "共享画面")
        await moves(room, "large")
        await moves(room, "small")  # whoever speaks stays visible beside it
        late = await enter(opened, number, "site-02")
        await says(late, "#large-name", "共享画面")
        await moves(late, "large")
        await console.click("[data-key=share]")
        for window in (room, late):
            await true(window, NOT_SHOWN)
            await moves(window, "large")


@pytest.mark.parametrize(
    ("device", "title"), [("video", "摄像头正被别的程序使用"), ("audio", "麦克风正被别的程序使用")]
)
async def test_a_device_that_another_program_held_is_taken_when_it_is_free(
    started: Product, device: str, title: str
) -> None:
    async with windows(started.url) as opened:
        page = await opened.sign_in("site-03", script=REFUSED % ("NotReadableError", device))
        await page.goto(f"/meetings/{planned(started)}/site")
        await says(page, "#card", title)
        await page.evaluate("window.refuse = ''")
        await says(page, "#card", "进会前自检")  # nobody pressed anything


async def test_a_site_that_switches_echo_cancellation_off_keeps_it_off(started: Product) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        page = await opened.sign_in("site-04", script=OPENED)
        await page.goto(f"/meetings/{number}/site")
        await says(page, "#card", "进会前自检")
        await true(page, f"{ECHO} === true")
        await page.click("text=换设备")
        await page.uncheck("#echo")
        await true(page, f"{ECHO} === false")
        await page.reload()
        await true(page, f"{ECHO} === false")
        other = await opened.sign_in("site-05", script=OPENED)
        await other.goto(f"/meetings/{number}/site")
        await true(other, f"{ECHO} === true")


async def test_another_camera_and_microphone_are_taken_at_once_and_again_the_next_time(started: Product) -> None:
    number = planned(started)
    async with windows(started.url, "--use-fake-device-for-media-stream=device-count=4") as opened:
        console = await open_main(opened, number)
        await console.click("[data-key=start-meeting]")
        room = await opened.sign_in("site-07", script=OPENED)
        await room.goto(f"/meetings/{number}/site")
        await room.click("[data-key=enter]")
        await moves(room, "large")
        await room.click("#devices")
        for kind in ("camera", "microphone"):
            usable = 4 if kind == "camera" else 2  # Chromium's second fake camera measures depth, which nothing encodes
            second = await room.locator(f"#device-{kind} option").nth(usable).get_attribute("value")
            await room.select_option(f"#device-{kind}", second)
        await true(room, f"{SELF} === document.querySelector('#device-camera').selectedOptions[0].label")
        await true(room, f"{LISTENS} === document.querySelector('#device-microphone').selectedOptions[0].label")
        camera, microphone = await room.evaluate(SELF), await room.evaluate(LISTENS)
        await room.reload()
        await true(room, f"{SELF} === {camera!r} && {LISTENS} === {microphone!r}")

        # what was chosen has been unplugged for good: the window takes what there is
        await room.evaluate(
            "localStorage.setItem('meetinghub.devices', JSON.stringify({camera: 'x', microphone: 'y'}))"
        )
        await room.reload()
        await moves(room, "large")
        await true(room, f"Boolean({SELF}) && Boolean({LISTENS})")


class Untouched:
    """Asks a page without touching it: Playwright's own questions count as a person's gesture."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def place_of(self, selector: str, text: str) -> tuple[float, float]:
        """The middle of an element that stays, once it is there and says ``text``."""
        session = await self._page.context.new_cdp_session(self._page)
        question = (
            f"(() => {{ const e = document.querySelector({selector!r}), r = e?.getBoundingClientRect(); "
            f"return e?.textContent.includes({text!r}) ? [r.x + r.width / 2, r.y + r.height / 2] : null; }})()"
        )
        seen: list[list[float]] = []
        for _ in range(600):
            answer = await session.send("Runtime.evaluate", {"expression": question, "returnByValue": True})
            place = answer["result"].get("value")
            seen = [*seen, place] if place else []
            if len(seen) == 10:
                return place[0], place[1]
            await asyncio.sleep(0.1)
        raise AssertionError(f"{text} is not asked")


async def test_sound_that_the_browser_holds_back_is_asked_for_with_one_button(started: Product) -> None:
    """A window that nobody has touched yet: a browser started anew goes back to its seat by itself."""
    number = planned(started)
    async with windows(started.url, "--autoplay-policy=document-user-activation-required") as opened:
        console = await open_main(opened, number)
        await console.click("[data-key=start-meeting]")
        before = await opened.sign_in("site-06", script=DRAWN)
        await before.goto(f"/meetings/{number}/site")
        await before.click("[data-key=enter]")
        await moves(before, "large")
        again = await before.context.new_page()
        await before.close()
        await again.goto(f"/meetings/{number}/site")
        button = await Untouched(again).place_of(".overlay:has(#autoplay) button", "打开声音")
        await again.mouse.click(*button)
        await again.wait_for_selector("#autoplay", state="detached")
        await moves(again, "large")
        await hears(again)
