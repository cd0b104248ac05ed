"""A PC that is paired the way people do it: it shows a code, an administrator types it and chooses the committee."""

from __future__ import annotations

import re
from typing import Any

from tests.web.browser import Browser
from tests.web.conftest import Browsers

AS_DEVICE = {"Accept": "application/json", "X-Device": "1"}


async def state(browser: Browser) -> dict[str, Any]:
    """What the PC's page learns; the browser keeps its anti-forgery token."""
    response = await browser.client.get("/kiosk.json", headers=AS_DEVICE)
    assert response.status == 200
    found: dict[str, Any] = await response.json()
    browser.csrf = found["csrf"]
    return found


async def ask(browser: Browser) -> tuple[int, dict[str, Any]]:
    """A code for the PC's screen."""
    headers = {**AS_DEVICE, "X-CSRF-Token": browser.csrf, "Accept-Language": "zh-CN"}
    response = await browser.client.post("/kiosk/code", headers=headers)
    return response.status, await response.json()


async def fresh(browsers: Browsers) -> tuple[Browser, str]:
    """A PC nobody knows, and the code on its screen."""
    pc = await browsers()
    await pc.open("/kiosk")
    await state(pc)
    status, answer = await ask(pc)
    assert status == 200
    return pc, answer["code"]


async def accept(admin: Browser, code: str, seat: int) -> int:
    """The administrator's two steps; the last answer's status."""
    response, text = await admin.submit("/devices/code", code=code)
    if response.status != 200:
        return response.status
    found = re.search(rf'<option value="(\d+)">{seat}\D', text)
    assert found
    response, _ = await admin.submit("/devices", code=code, committee=found[1])
    return response.status


async def paired(browsers: Browsers, seat: int) -> Browser:
    """A PC that is the site on ``seat``."""
    pc, code = await fresh(browsers)
    admin = await browsers("admin")
    await admin.open("/devices")
    assert await accept(admin, code, seat) == 200
    assert (await state(pc))["device"]["site"] == f"site-{seat:02d}"
    pc.headers = {**pc.headers, "X-Device": "1"}
    pc.device = True
    return pc
