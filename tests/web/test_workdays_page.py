"""The administrator's working days: what is known, from where, and another year by a file."""

from __future__ import annotations

from datetime import date

from aiohttp import FormData, web
from sqlmodel import select

from meetinghub.ledger.tables import FactRow
from meetinghub.workdays import store
from meetinghub.workdays.seed import seed
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys

GOOD = "日期,类型,名称\n2027-02-05,休,春节\n2027-02-06,休,春节\n2027-02-20,班,春节\n".encode()
NOTICE = "国务院办公厅关于2027年部分节假日安排的通知"


async def upload(browser: Browser, body: bytes | None, **fields: str) -> tuple[int, str, str]:
    form = FormData()
    for name, value in {"csrf": browser.csrf, "year": "2027", "source": NOTICE, **fields}.items():
        form.add_field(name, value)
    if body is not None:
        form.add_field("file", body, filename="2027.csv", content_type="text/csv")
    response = await browser.client.post("/workdays", data=form, headers=browser.headers)
    return response.status, str(response.url), await response.text()


async def opened(browsers: Browsers, app: web.Application) -> Browser:
    admin = await browsers("admin")
    await app[keys.DATABASE].write(seed, app[keys.CLOCK].now())
    await admin.open("/workdays")
    return admin


async def test_seeded_years_say_where_they_come_from_and_coming_ones_that_they_are_not_announced(
    browsers: Browsers, app: web.Application
) -> None:
    admin = await opened(browsers, app)
    _, text = await admin.open("/workdays")
    assert "chinesecalendar 1." in text
    assert "随系统安装" in text
    assert "尚未公布" in text
    _, text = await admin.open("/workdays?lang=en")
    assert "not announced yet" in text
    assert "Worked instead" in text


async def test_a_good_file_is_in_force_at_once_and_a_fact(browsers: Browsers, app: web.Application) -> None:
    admin = await opened(browsers, app)
    status, address, text = await upload(admin, GOOD, confirmed="yes", url="https://www.gov.example/2027")
    assert (status, address.rpartition("/")[2]) == (200, "workdays?done=2027")
    assert NOTICE in text
    assert "https://www.gov.example/2027" in text
    workdays = await app[keys.DATABASE].read(store.workdays)
    assert workdays.confirmed(2027)
    assert workdays.is_working(date(2027, 2, 20))
    assert not workdays.is_working(date(2027, 2, 5))
    facts = await app[keys.DATABASE].read(
        lambda db: list(db.exec(select(FactRow.actor).where(FactRow.kind == "workdays:year:set")))
    )
    assert facts == ["admin"]


async def test_a_bad_row_leaves_everything_as_it_was_and_what_was_typed_stays(
    browsers: Browsers, app: web.Application
) -> None:
    admin = await opened(browsers, app)
    await upload(admin, GOOD)
    status, _, text = await upload(admin, GOOD + "2027-13-01,休,x\n2027-02-05,休,x\n".encode(), source="另一份通知")
    assert status == 422
    assert "第 5 行" in text
    assert "第 6 行" in text
    assert "什么都没有改" in text
    assert 'value="另一份通知"' in text
    (year,) = [each for each in await app[keys.DATABASE].read(store.years) if each.year == 2027]
    assert (len(year.days), year.source, year.confirmed) == (3, NOTICE, False)


async def test_what_the_form_needs_is_asked_for(browsers: Browsers, app: web.Application) -> None:
    admin = await opened(browsers, app)
    for fields, message in (
        ({"year": ""}, "请填年份"),
        ({"year": "27"}, "请填四位数的年份"),
        ({"year": "²⁰²⁷"}, "请填四位数的年份"),
        ({"source": ""}, "请写明依据哪份通知"),
        ({"url": "javascript:alert(1)"}, "网址要以"),
    ):
        status, _, text = await upload(admin, GOOD, **fields)
        assert status == 422, fields
        assert message in text, fields
    status, _, text = await upload(admin, None)
    assert (status, "请选择文件" in text) == (422, True)


async def test_a_table_that_was_downloaded_can_be_uploaded_again(browsers: Browsers, app: web.Application) -> None:
    admin = await opened(browsers, app)
    for language in ("zh-CN", "en"):
        response = await admin.client.get(f"/workdays/2026.csv?lang={language}")
        body = await response.read()
        status, _, _ = await upload(admin, body, year="2026")
        assert status == 200, language
    assert (await admin.client.get("/workdays/1999.csv")).status == 404
