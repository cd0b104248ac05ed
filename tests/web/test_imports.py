"""History brought in over HTTP: uploaded, its columns said, taken, taken back."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from aiohttp import FormData, web

from meetinghub.imports.upload import LARGEST
from meetinghub.people import store as people
from tests.meetinghub.imports.examples import HEADING, csv_file
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys

ROWS = (("垃圾分类部署会", "2026年3月5日", "14:00", "90分钟", "城市管理科", "全部", "书记、主任"),)


@pytest.fixture
async def coordinator(browsers: Browsers) -> Browser:
    browser = await browsers("coordinator")
    await browser.open("/imports")
    return browser


async def departments(app: web.Application) -> list[str]:
    return [each.name for each in await app[keys.DATABASE].read(people.departments)]


async def send(browser: Browser, body: bytes, name: str = "会议.csv", *, to: str = "/imports", **fields: str) -> Any:
    form = FormData({"csrf": browser.csrf, **fields}, quote_fields=False)  # names as browsers send them
    form.add_field("file", io.BytesIO(body), filename=name)
    response = await browser.client.post(to, data=form, headers=browser.headers)
    return response, await browser._read(response)


def controls(text: str) -> dict[str, str]:
    """What the draft's form would send as it stands."""
    found = dict(re.findall(r'<input[^>]*\bname="(heading|revision|fixed\.\w+)"[^>]*\bvalue="([^"]*)"', text))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


async def test_a_file_is_uploaded_its_words_explained_and_taken(app: web.Application, coordinator: Browser) -> None:
    name = (await departments(app))[0]
    rows = [(*ROWS[0][:4], name, *ROWS[0][5:]), (*ROWS[0][:4], "老文教科", "全部", "书记")]
    rows[1] = ("读书会", "2026年3月6日", *rows[1][2:])
    response, text = await send(coordinator, csv_file(rows))
    assert response.url.path.startswith("/imports/drafts/")
    assert "「老文教科」" in text
    assert "名册里没有这个科室" in text
    fields = controls(text)
    response, text = await coordinator.submit(response.url.path, **{**fields, "word.department.老文教科": "-"})
    assert "名册里没有这个科室" not in text
    assert "导入 2 场" in text
    response, text = await coordinator.submit(f"{response.url.path}/take", revision=controls(text)["revision"])
    assert response.url.path.startswith("/imports/takings/")
    assert "已导入 2 场会。" in text
    assert "老文教科" in text
    _, listed = await coordinator.open("/imports")
    assert "会议.csv" in listed
    response, text = await send(coordinator, csv_file(rows), "换个名字.csv")
    assert "已经导入过了" in text
    response, text = await coordinator.submit(f"{response.url.path}/back")
    assert response.status == 422
    assert "请写为什么撤回" in text
    response, text = await coordinator.submit(response.url.path, reason="列对错了")
    assert "列对错了" in text
    assert "整份撤回" not in text.split("<main")[1].split("已整份撤回")[1]


async def test_what_is_said_of_a_draft_is_checked_and_what_was_typed_stays(coordinator: Browser) -> None:
    response, text = await send(coordinator, csv_file(ROWS))
    path = response.url.path
    fields = controls(text) | {"fixed.start": "很早", "fixed.year": "26", "heading": "x"}
    response, text = await coordinator.submit(path, **fields)
    assert response.status == 422
    for sentence in ("请填四位年份", "读不懂这个时间", "请填标题所在的行号"):
        assert sentence in text
    assert 'value="很早"' in text
    _, text = await coordinator.open(path)
    assert 'value="很早"' not in text


async def test_two_people_at_one_draft_do_not_undo_each_other(coordinator: Browser) -> None:
    response, text = await send(coordinator, csv_file(ROWS))
    path, fields = response.url.path, controls(text)
    await coordinator.submit(path, **{**fields, "fixed.minutes": "45"})
    response, text = await coordinator.submit(path, **{**fields, "fixed.minutes": "60"})
    assert response.status == 409
    assert "别人刚改过这份草稿" in text
    assert 'value="45"' in text
    response, _ = await coordinator.submit(f"{path}/take", revision=fields["revision"])
    assert response.status == 409
    response, text = await coordinator.submit(f"{path}/drop")
    assert "草稿已删除" in text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "文件是空的"),
        (b"\x00\x01\x02\xff\xfe\x00", "读不懂这个文件"),
        (b"PK\x03\x04 no zip", "读不懂这个文件"),
        (b"\xd0\xcf\x11\xe0 old", "另存为 .xlsx"),
        (b"a," * 70 + b"b", "列太多"),
    ],
)
async def test_a_file_that_cannot_be_read_is_answered_beside_the_field(
    coordinator: Browser, body: bytes, sentence: str
) -> None:
    response, text = await send(coordinator, body)
    assert response.status == 422
    assert sentence in text


async def test_a_file_of_ten_megabytes_is_read_and_a_larger_one_is_refused(coordinator: Browser) -> None:
    line = ",".join(HEADING).encode() + b"\n"
    response, text = await send(coordinator, line + b"x" * (LARGEST - len(line)))
    assert response.status == 422, "one cell as long as that is no table"
    response, text = await send(coordinator, line * 40_000 + b"," * (LARGEST - 40_000 * len(line) + 1))
    assert response.status == 422
    assert "10 MB" in text
    response, _ = await send(coordinator, b"x" * (LARGEST + 200_000))
    assert response.status == 413


async def test_english_pages_are_complete(coordinator: Browser) -> None:
    response, _ = await send(coordinator, csv_file([*ROWS, ("", "3/5/2026", "", "", "x", "", "")]))
    for path in ("/imports", response.url.path, "/imports/baselines"):
        _, text = await coordinator.open(f"{path}?lang=en")
        assert "imports." not in re.sub(r"<[^>]*>", " ", text)
        assert "baseline." not in re.sub(r"<[^>]*>", " ", text)
    assert "Month and day cannot be told apart" in (await coordinator.open(response.url.path))[1]


async def test_a_survey_is_typed_with_its_departments_and_withdrawn(app: web.Application, coordinator: Browser) -> None:
    name = (await departments(app))[0]
    survey = {
        "period_from": "2024-01-01",
        "period_to": "2024-06-30",
        "meetings": "282",
        "meetings_for_all": "274",
        "committees": "33",
        "source": "2024 年 7 月问卷",
        "departments": f"科室\t会议\t全部\r\n{name}\t40\t38\r\n老文教科 20 场 20\r\n合计\t282\t274",
    }
    await coordinator.open("/imports/baselines")
    response, text = await coordinator.submit(
        "/imports/baselines", **{**survey, "source": "", "meetings_for_all": "283"}
    )
    assert response.status == 422
    assert "请写出处" in text
    assert "老文教科 20 场 20" in text
    response, text = await coordinator.submit("/imports/baselines", **{**survey, "departments": f"{name} 很多"})
    assert "要写成：科室名称" in text
    response, text = await coordinator.submit("/imports/baselines", **survey)
    assert "已保存" in text
    assert "274 场，全部 33 个居委会" in text
    assert "名册里没有" in text
    response, text = await coordinator.submit(
        "/imports/baselines", **{**survey, "period_to": "2024-12-31", "departments": ""}
    )
    assert "请先撤下那一次" in text
    withdraw = re.search(r'action="(/imports/baselines/\d+/withdraw)"', text)
    assert withdraw is not None
    response, text = await coordinator.submit(withdraw[1])
    assert "已撤下" in text


async def test_departments_of_a_survey_come_from_a_sheet_too(coordinator: Browser) -> None:
    await coordinator.open("/imports/baselines")
    survey = {
        "period_from": "2024-01-01",
        "period_to": "2024-06-30",
        "meetings": "282",
        "meetings_for_all": "274",
        "committees": "33",
        "source": "问卷",
    }
    body = "科室,会议,全部\n老文教科,20,20\n".encode("gb18030")
    response, text = await send(coordinator, body, "调查.csv", to="/imports/baselines", **survey)
    assert response.url.query.get("done") == "put"
    assert "调查.csv" in text
    assert "老文教科" in text
