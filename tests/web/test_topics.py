"""What committees ask departments to come and answer."""

from __future__ import annotations

import re
from datetime import timedelta

from aiohttp import web

from meetinghub.asking.model import TopicState
from meetinghub.asking.tables import TopicRow
from tests.web.asking import post, with_meetings
from tests.web.conftest import Browsers
from web import asking, keys


async def test_a_topic_is_asked_ages_is_taken_up_and_answered(app: web.Application, browsers: Browsers) -> None:
    committee = await browsers("site-21")
    await committee.open("/topics")
    response, page = await post(committee, "/topics", title="垃圾清运", text="", department="6")
    assert response.status == 422
    assert 'value="垃圾清运"' in page
    await post(committee, "/topics", title="垃圾清运", text="三天没有清运", department="6")

    def older(db: object) -> None:
        row = db.get(TopicRow, 1)  # type: ignore[attr-defined]
        row.asked_at = app[keys.CLOCK].now() - timedelta(days=9)

    await app[keys.DATABASE].write(older)
    asked = await browsers("dept-06")
    _, page = await asked.open("/")
    assert "和风二村：垃圾清运" in page
    assert "已等 9 天" in page
    assert 'class="light light--amber"' in page
    host = await browsers("host")
    await host.open("/topics")
    _, page = await post(host, "/topics/1", act="take")
    assert "已认领" in page
    response, _ = await post(asked, "/topics/1", act="take")
    assert response.status == 409
    response, _ = await post(asked, "/topics/1", act="answer", answer="已安排")
    assert response.status == 403
    response, page = await post(host, "/topics/1", act="answer", answer="")
    assert response.status == 422
    await post(host, "/topics/1", act="answer", answer="明天起每天两次")
    _, page = await committee.open("/topics")
    assert "明天起每天两次" in page
    response, _ = await post(committee, "/topics/1", act="withdraw")
    assert response.status == 409
    (topic,) = await app[asking.TOPICS].all()
    assert topic.state is TopicState.ANSWERED


async def test_only_the_committee_that_asked_takes_it_back(browsers: Browsers) -> None:
    committee, other = await browsers("site-21"), await browsers("site-22")
    await committee.open("/topics")
    await post(committee, "/topics", title="垃圾清运", text="三天没有清运", department="6")
    response, _ = await post(other, "/topics/1", act="withdraw")
    assert response.status == 403
    _, page = await post(committee, "/topics/1", act="withdraw")
    assert "已撤回" in page
    response, _ = await post(committee, "/topics/99", act="withdraw")
    assert response.status == 404


async def test_a_host_puts_a_topic_on_its_agenda_and_the_committee_finds_it_there(
    app: web.Application, browsers: Browsers
) -> None:
    await with_meetings(app, browsers)
    committee, host = await browsers("site-21"), await browsers("host")
    await committee.open("/topics")
    await post(committee, "/topics", title="垃圾清运", text="三天没有清运", department="6")
    _, page = await host.open("/topics")
    assert "排进我科室的会议" in page
    found = re.search(r'<option value="(\d+)">[^<]*居民区年末工作例会', page)
    assert found is not None
    response, page = await post(host, "/topics/1", act="schedule", meeting=found[1], minutes="2", speaker="邵景澄")
    assert response.status == 422
    assert "时长须在 5 到 60 分钟之间" in page
    assert 'value="邵景澄"' in page
    _, page = await post(host, "/topics/1", act="schedule", meeting=found[1], minutes="10")
    assert "已排进议程" in page
    _, page = await committee.open("/topics")
    assert f'href="/meetings/{found[1]}"' in page
    _, page = await committee.open(f"/meetings/{found[1]}/agenda")
    assert "垃圾清运" in page
