"""The coordinator drafts rules in a form, tries them on what was, and switches them on for a day."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from aiohttp import web

from meetinghub import demo_meetings, demo_policies
from quotas.period import local_day
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys
from web.policies import POLICIES


@pytest.fixture
async def coordinator(app: web.Application, browsers: Browsers) -> Browser:
    """Signed in, in a street with meetings behind it and a version in force."""
    browser = await browsers("coordinator")
    browser.headers["Accept-Language"] = "zh-CN"
    now = app[keys.CLOCK].now()
    await app[keys.DATABASE].write(demo_meetings.fill, now=now, phone="199 0000 0100")
    await app[keys.DATABASE].write(demo_policies.fill, now=now)
    return browser


def fields(page: str) -> dict[str, str]:
    """What the form on a page would send, but for its ticks and buttons."""
    found = dict(re.findall(r'<input (?:id="[^"]*" )?(?:type="hidden" )?name="([^"]+)"[^>]*?value="([^"]*)"', page))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if name not in {"csrf", "q"}}


async def test_the_version_in_force_reads_as_plain_sentences_in_both_languages(coordinator: Browser) -> None:
    _, page = await coordinator.open("/policies")
    assert "自治办、党建办每月可召集书记、主任开 1 次例会，不用审批。" in page
    assert "每个科室每季度最多自行召集 3 场；超出：不准。召集书记、主任的会不在此列。" in page
    assert "周一、休息日不自行召集；违反：须党政办统筹同意。" in page
    coordinator.headers["Accept-Language"] = "en"
    _, page = await coordinator.open("/policies?lang=en")
    assert "Each department may call 3 sittings a quarter; beyond that: not allowed." in page


async def test_a_draft_is_changed_tried_out_and_switched_on(app: web.Application, coordinator: Browser) -> None:
    await coordinator.open("/policies")
    response, page = await coordinator.submit("/policies")
    address = response.url.path
    typed = {**fields(page), "rules.3.limit": "0", "note": "先管住自行召集"}
    ticks = {"rules.0.departments": "1", "rules.0.roles": "secretary", "rules.1.kinds": "statutory"}
    ticks |= {"rules.2.roles": "secretary", "rules.4.roles": "director", "do": "preview"}
    response, page = await coordinator.submit(address, **typed | ticks)
    assert response.url.path == f"{address}/preview"
    assert "民政科" in page
    assert "→ <b>不准开</b>" in page
    tomorrow = local_day(app[keys.CLOCK].now()) + timedelta(days=1)
    response, page = await coordinator.submit(f"{address}/switch-on", since=tomorrow.isoformat(), revision="1")
    assert "已启用" in page
    versions = await app[POLICIES].versions()
    assert versions[0].policy.effective_from == tomorrow
    response, page = await coordinator.submit(f"{address}/withdraw")
    assert "已撤回" in page


async def test_what_was_typed_stays_beside_its_message(coordinator: Browser) -> None:
    await coordinator.open("/policies")
    response, page = await coordinator.submit("/policies")
    typed = {**fields(page), "rules.3.limit": "许多", "rules.6.working_days": "-5", "do": "save", "note": "试一试"}
    response, page = await coordinator.submit(response.url.path, **typed)
    assert response.status == 422
    assert 'value="许多"' in page
    assert 'href="#rules.3.limit">第 4 条：请填 0 到 9999 的整数' in page
    assert 'value="试一试"' in page
    assert "请至少选一项" in page


async def test_rules_are_added_and_taken_away_without_losing_or_saving_anything(coordinator: Browser) -> None:
    await coordinator.open("/policies")
    response, page = await coordinator.submit("/policies")
    address = response.url.path
    typed = {**fields(page), "rules.3.limit": "7", "kind": "speech_cap", "do": "add"}
    response, page = await coordinator.submit(address, **typed)
    assert page.count('class="rule"') == 9
    assert "改动还没有保存" in page
    assert fields(page)["rules.3.limit"] == "7"
    assert fields(page)["rules.8.id"] == "speech-cap-1"
    response, page = await coordinator.submit(address, **{**fields(page), "do": "remove:3"})
    assert page.count('class="rule"') == 8
    _, page = await coordinator.open(address)
    assert fields(page)["rules.3.limit"] == "3"


async def test_two_who_change_one_draft_do_not_overwrite_each_other(coordinator: Browser) -> None:
    await coordinator.open("/policies")
    response, page = await coordinator.submit("/policies")
    ticks = {f"rules.{place}.roles": "secretary" for place in (0, 2, 4)}
    typed = fields(page) | ticks | {"rules.0.departments": "1", "rules.1.kinds": "statutory", "do": "save"}
    first, _ = await coordinator.submit(response.url.path, **typed)
    second, page = await coordinator.submit(response.url.path, **typed)
    assert (first.status, second.status) == (200, 409)
    assert "别人刚改过" in page


async def test_a_version_in_force_is_read_and_tried_but_not_changed(coordinator: Browser) -> None:
    response, page = await coordinator.open("/policies/1")
    assert (response.status, '<form class="policy-form"' in page) == (200, False)
    response, _ = await coordinator.submit("/policies/1", do="save", count="0", revision="1")
    assert response.status == 409
    response, page = await coordinator.open("/policies/1/preview")
    assert response.status == 200
    assert "启用这一版" not in page


@pytest.mark.parametrize("sent", [
    {"count": "99999"}, {"count": "-1"}, {"count": "2", "rules.0.kind": "nonsense"}, {"do": "remove:99"},
    {"do": "add", "kind": "nonsense"}, {"count": "1", "rules.0.kind": "filing", "rules.0.id": "x" * 999},
    {"count": "1", "rules.0.kind": "quota", "rules.0.id": "a", "rules.0.departments": "9" * 40},
])  # fmt: skip
async def test_nothing_that_can_be_sent_breaks_the_form(coordinator: Browser, sent: dict[str, str]) -> None:
    await coordinator.open("/policies")
    response, _ = await coordinator.submit("/policies")
    response, _ = await coordinator.submit(response.url.path, **{"revision": "0", "do": "save", **sent})
    assert response.status in {200, 422}


@pytest.mark.parametrize(("since", "message"), [("gestern", "请选一个日期"), ("2020-01-01", "不能早于今天")])
async def test_a_date_that_will_not_do_is_told_beside_its_field(coordinator: Browser, since: str, message: str) -> None:
    await coordinator.open("/policies")
    response, _ = await coordinator.submit("/policies")
    response, page = await coordinator.submit(f"{response.url.path}/switch-on", since=since, revision="0")
    assert response.status == 422
    assert message in page


async def test_a_draft_is_thrown_away(coordinator: Browser) -> None:
    await coordinator.open("/policies")
    response, _ = await coordinator.submit("/policies")
    address = response.url.path
    _, page = await coordinator.submit(f"{address}/drop")
    assert "草稿已删除" in page
    response, _ = await coordinator.open(address)
    assert response.status == 404
