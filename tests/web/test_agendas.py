"""The host's board and the others' claims, as forms without a script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

import pytest
from aiohttp import web
from sqlmodel import Session as Db

from digest.item_store import drafts_waiting
from meetinghub import demo, demo_meetings
from meetinghub.agendas.plan import Plan
from meetinghub.ids import DepartmentId
from meetinghub.mail import dead_store
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.meetings import store
from meetinghub.meetings.lifecycle import State
from meetinghub.people.address_store import Kind, set_mail
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys
from web.agendas import AGENDAS, digits


@dataclass
class Hosted:
    """The demonstration's board, and whoever looks at it."""

    app: web.Application
    browsers: Browsers
    number: int

    @property
    def base(self) -> str:
        return f"/meetings/{self.number}/agenda"

    async def plan(self) -> Plan:
        return await self.app[AGENDAS].plan(self.number)

    async def look(self, username: str, query: str = "") -> tuple[Browser, str]:
        browser = await self.browsers(username)
        response, text = await browser.open(self.base + query, **{"Accept-Language": "zh-CN"})
        assert response.status == 200, text
        return browser, text

    async def send(self, browser: Browser, where: str, **fields: str) -> tuple[int, str]:
        mark = fields.pop("seen", (await self.plan()).mark)
        response, text = await browser.submit(f"{self.base}/{where}", seen=mark, **fields)
        return response.status, text


@pytest.fixture
async def hosted(browsers: Browsers, app: web.Application) -> Hosted:
    await browsers()
    database, now = app[keys.DATABASE], app[keys.CLOCK].now()
    await database.write(partial(demo_meetings.fill, now=now, phone="1"))
    ahead = await database.read(partial(store.listings, since=now, states=(State.PLANNED,)))
    return Hosted(app, browsers, next(each.id for each in ahead if each.title == "居民区年末工作例会"))


def titles(plan: Plan) -> list[str]:
    return [each.title for each in plan.agenda]


async def test_the_host_sees_the_board_to_scale_with_claims_and_what_each_way_would_do(hosted: Hosted) -> None:
    _, text = await hosted.look("host")
    assert "待答复 3 个认领" in text
    assert "要 40 分钟，余 10 分钟" in text
    assert "民政科 10 分钟插在这里" in text
    assert "没人认领就 14:50 散会，不凑满" in text
    for strip in ("书记", "主任", "民政条线", "平安条线"):
        assert f'aria-label="{strip}"' in text
    shift = re.search(r'data-for="shift">(.*?)</dl>', text, re.S)
    assert shift is not None
    assert re.search(r"冬季消防检查.*?<s>14:25</s> 14:35", shift[1], re.S)
    assert re.search(r"民政条线到场.*?14:00–<s>14:25</s> 14:35", shift[1], re.S)
    assert "<s>14:50</s> 15:00" in shift[1]
    fit = re.search(r'data-for="fit">(.*?)</dl>', text, re.S)
    assert fit is not None
    assert "14:50 不变" in fit[1]
    assert "不多叫人" in text


async def test_the_coordinator_s_office_claims_minutes_and_the_host_answers(hosted: Hosted) -> None:
    coordinator, text = await hosted.look("coordinator")
    assert "拼进这个会" in text
    status, text = await hosted.send(coordinator, "claims", title="值班表说明", speaker="顾书言", minutes="10")
    assert status == 200
    assert "这是本科室的认领，由召集科室答复。" in text
    claim = (await hosted.plan()).waiting[-1]
    assert (claim.department_name, claim.by) == ("党政办", "coordinator")
    status, text = await hosted.send(coordinator, f"claims/{claim.id}", act="accept", minutes="10", timing="shift")
    assert status == 409
    assert "这是本科室的认领，由召集科室答复。" in text
    host, _ = await hosted.look("host")
    status, _ = await hosted.send(host, f"claims/{claim.id}", act="accept", minutes="10", timing="shift")
    assert status == 200
    assert "值班表说明" in titles(await hosted.plan())


async def test_a_claim_is_accepted_and_taken_back(hosted: Hosted) -> None:
    host, _ = await hosted.look("host")
    claim = (await hosted.plan()).waiting[0].id
    status, text = await hosted.send(host, f"claims/{claim}", act="accept", minutes="10", timing="shift")
    assert status == 200
    assert "已排进议程" in text
    assert titles(await hosted.plan())[3] == "冬季送温暖对象核对"
    status, _ = await hosted.send(host, f"claims/{claim}", act="undo")
    assert status == 200
    assert "冬季送温暖对象核对" not in titles(await hosted.plan())


async def test_a_shorter_one_is_previewed_before_it_is_decided(hosted: Hosted) -> None:
    host, _ = await hosted.look("host")
    claim = (await hosted.plan()).waiting[1].id
    _, text = await hosted.look("host", f"?claim={claim}&minutes=10")
    assert "缩短为 10 分钟并接受" in text
    assert "城管科 10 分钟插在这里" in text
    status, _ = await hosted.send(host, f"claims/{claim}", act="shorten", minutes="10", timing="arrange")
    assert status == 200
    assert [each.state for each in (await hosted.plan()).claims] == ["claimed", "shortened", "claimed"]


async def test_declining_without_a_reason_keeps_the_page_and_says_so_beside_the_field(hosted: Hosted) -> None:
    host, _ = await hosted.look("host")
    claim = (await hosted.plan()).waiting[0].id
    status, text = await hosted.send(host, f"claims/{claim}", act="decline", reason="")
    assert status == 422
    assert "谢绝要写明理由" in text
    status, text = await hosted.send(host, f"claims/{claim}", act="decline", reason="放到下月例会")
    assert status == 200
    assert "放到下月例会" in text


async def test_what_is_only_read_out_moves_to_the_notice(hosted: Hosted) -> None:
    host, text = await hosted.look("host")
    assert "改放周一提示" in text
    claim = (await hosted.plan()).waiting[2].id
    status, text = await hosted.send(host, f"claims/{claim}", act="notice")
    assert status == 200
    assert "改放每周工作提示" in text
    kept = partial(drafts_waiting, department=DepartmentId(5))
    assert await hosted.app[keys.DATABASE].read(kept) == 1
    await hosted.send(host, f"claims/{claim}", act="undo")
    assert await hosted.app[keys.DATABASE].read(kept) == 0


async def test_the_host_s_first_page_says_what_waits(hosted: Hosted) -> None:
    for username, waits in (("host", True), ("dept-01", True), ("dept-03", False), ("site-04", False)):
        browser = await hosted.browsers(username)
        _, text = await browser.open("/", **{"Accept-Language": "zh-CN"})
        assert ("3 个认领，共 40 分钟" in text) is waits, username


async def test_segments_move_by_buttons_by_place_and_by_arranging(hosted: Hosted) -> None:
    host, _ = await hosted.look("host")
    plan = await hosted.plan()
    party, projects, fire = (each.id for each in plan.agenda[1:4])
    await hosted.send(host, "changes", do=f"down:{party}")
    assert [each.id for each in (await hosted.plan()).agenda[1:4]] == [projects, party, fire]
    await hosted.send(host, "changes", do=f"move:{fire}:1")
    assert [each.id for each in (await hosted.plan()).agenda[1:4]] == [fire, projects, party]
    await hosted.send(host, "changes", do="arrange")
    assert [each.id for each in (await hosted.plan()).agenda][1] == party
    status, text = await hosted.send(host, "changes", do=f"up:{fire}", seen=plan.mark)
    assert status == 409
    assert "议程已经变了" in text
    for nonsense in ("", "up:x", "up", "fly:1", "move:1", f"up:{'9' * 10}"):
        assert (await hosted.send(host, "changes", do=nonsense))[0] == 422
    assert (await hosted.send(host, "changes", do="up:99999"))[0] == 404


async def test_lengths_own_items_and_terms(hosted: Hosted) -> None:
    host, _ = await hosted.look("host")
    fire = (await hosted.plan()).agenda[3].id
    await hosted.send(host, "changes", **{"do": f"resize:{fire}", f"minutes-{fire}": "20", "timing": "shift"})
    assert (await hosted.plan()).free == 5
    status, text = await hosted.send(host, "changes", **{"do": f"resize:{fire}", f"minutes-{fire}": "90"})
    assert status == 409
    assert "会超出" in text
    status, text = await hosted.send(host, "items", title="", minutes="x")
    assert status == 422
    status, _ = await hosted.send(host, "items", title="节前安全提醒", minutes="5", timing="fit", roles="director")
    assert status == 200
    plan = await hosted.plan()
    added = next(each for each in plan.agenda if each.title == "节前安全提醒")
    assert (added.audience and added.audience.roles, plan.free) == (("director",), 5)
    status, text = await hosted.send(host, "terms", capacity="60", close_at="")
    assert status == 422
    assert 'value="60"' in text
    await hosted.send(host, "terms", capacity="140", close_at="")
    assert (await hosted.plan()).capacity == 140
    assert (await hosted.send(host, "terms", capacity="140", close_at="soon"))[0] == 422


async def test_it_is_final_only_when_every_claim_is_answered(hosted: Hosted) -> None:
    host, _ = await hosted.look("host")
    status, text = await hosted.send(host, "final")
    assert status == 409
    assert "还有 3 个认领没有答复" in text
    for claim in (await hosted.plan()).waiting:
        await hosted.send(host, f"claims/{claim.id}", act="decline", reason="放到下月例会")
    status, text = await hosted.send(host, "final")
    assert status == 200
    assert "议程已定稿" in text
    fire = (await hosted.plan()).agenda[3].id
    assert (await hosted.send(host, "changes", do=f"up:{fire}"))[0] == 422
    assert (await hosted.send(host, "changes", do=f"up:{fire}", reason="发言人要赶会"))[0] == 200


async def test_another_department_claims_withdraws_and_claims_again(hosted: Hosted) -> None:
    clerk, text = await hosted.look("dept-11")
    assert "还可认领 10 分钟" in text
    assert "看怎样排" not in text
    status, text = await hosted.send(clerk, "claims", title="调解案例通报", minutes="12", roles="director")
    assert status == 409
    assert "只剩 10 分钟可以认领" in text
    assert 'value="调解案例通报"' in text
    assert (await hosted.send(clerk, "claims", title="", minutes="10"))[0] == 422
    status, text = await hosted.send(clerk, "claims", title="调解案例通报", minutes="10", kind="discussion")
    assert status == 200
    assert "待主办科室答复" in text
    mine = (await hosted.plan()).claims[-1]
    assert (await hosted.send(clerk, f"claims/{mine.id}", act="accept", minutes="10"))[0] == 403
    assert (await hosted.send(clerk, f"claims/{mine.id}", act="withdraw"))[0] == 200
    assert (await hosted.send(clerk, f"claims/{mine.id}", act="undo"))[0] == 200
    assert (await hosted.plan()).claim(mine.id) == (await hosted.plan()).waiting[-1]
    other, _ = await hosted.look("dept-12")
    assert (await hosted.send(other, f"claims/{mine.id}", act="withdraw"))[0] == 403


async def test_a_committee_reads_when_its_people_are_needed_and_presses_nothing(hosted: Hosted) -> None:
    _, text = await hosted.look("site-07")
    assert "您的部分" in text
    assert "14:00–14:25" in text
    assert "个认领" not in text
    assert 'name="do"' not in text


async def test_the_announcement_can_be_read_beforehand_by_the_host(hosted: Hosted) -> None:
    host = await hosted.browsers("host")
    response, text = await host.open(f"{hosted.base}/announcement", **{"Accept-Language": "zh-CN"})
    assert response.status == 200
    assert "还空 10 分钟" in text
    assert f"/meetings/{hosted.number}/agenda" in text


async def test_it_is_there_in_english_too(hosted: Hosted) -> None:
    _, text = await hosted.look("host", "?lang=en")
    assert "3 claims wait" in text
    assert "Finalise and notify" in text


def test_minutes_are_written_in_three_digits() -> None:
    assert [digits(each) for each in (0, 7, 105, 1200)] == ["0-0-0", "0-0-7", "1-0-5", "9-9-9"]


async def test_before_it_is_sent_the_host_reads_which_units_no_mail_reaches(hosted: Hosted) -> None:
    host, _ = await hosted.look("host")
    _, text = await host.open(f"{hosted.base}/announcement", **{"Accept-Language": "zh-CN"})
    assert "没有能用的邮箱" not in text
    database, now = hosted.app[keys.DATABASE], hosted.app[keys.CLOCK].now()

    def write(db: Db) -> None:
        set_mail(db, Kind.DEPARTMENT, 3, "")
        owe(db, Owed(key="test:1", to="a@b.example", subject="x", text="x"), now=now)
        dead_store.mark(db, f"site-07@{demo.DOMAIN}", reason="5.1.1", mail=1, now=now)

    await database.write(write)
    _, text = await host.open(f"{hosted.base}/announcement", **{"Accept-Language": "zh-CN"})
    assert "2 个单位没有能用的邮箱" in text
