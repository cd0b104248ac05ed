"""What listings tell: heartbeats, and comings and goings that nobody told."""

from __future__ import annotations

from datetime import timedelta

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Payload
from meetinghub.meetings.comings import NEW, Listings, heartbeat, went
from meetinghub.meetings.locks import Present
from tests.meetinghub.meetings.examples import NOON, Course, started


def missed(listings: Listings, course: Course, *listed: Present) -> list[Payload]:
    return [fact.payload for fact in listings.missed(course.state, "RM_1", listed, course.now)]


def there(course: Course, site: str) -> Present:
    """The site's connection as the media server lists it."""
    return Present(site, course.state.presences[site].connection, timedelta(seconds=60))


def test_a_coming_that_nobody_told_is_made_up_for() -> None:
    course = started("site-01")
    new = Present("site-03", "PA_new", timedelta(seconds=4))
    wall = Present("wall-1", "PA_wall", timedelta(seconds=4))
    assert missed(Listings(), course, there(course, "site-01"), new, wall) == [
        p.SiteJoined("site-03", "PA_new", "RM_1", course.now - timedelta(seconds=4))
    ]


def test_a_connection_that_listings_lack_for_ten_seconds_is_gone_since_the_last_one_it_was_in() -> None:
    course, listings = started("site-01", "site-02"), Listings()
    course.wait(seconds=60)
    two = there(course, "site-02")
    assert missed(listings, course, there(course, "site-01"), two) == []
    seen = course.now
    for _ in range(2):
        course.wait(seconds=7)
        assert missed(listings, course, there(course, "site-01")) == []
    course.wait(seconds=7)
    gone = p.SiteLeft("site-02", two.sid, "RM_1", seen, "LOST")
    assert missed(listings, course, there(course, "site-01")) == [gone]


def test_a_connection_that_is_listed_again_was_never_missing() -> None:
    course, listings = started("site-01"), Listings()
    course.wait(seconds=60)
    for _ in range(4):
        assert missed(listings, course) == []
        course.wait(seconds=7)
        assert missed(listings, course, there(course, "site-01")) == []
        course.wait(seconds=7)


def test_a_web_process_that_was_restarted_takes_the_last_heartbeat_for_the_last_listing() -> None:
    course = started("site-01", "site-02")
    one, two = there(course, "site-01"), there(course, "site-02")
    course.wait(seconds=20)
    course.write(p.ConnectionsSeen("RM_1", (one.sid,)))
    beat = course.now
    course.wait(seconds=20)
    listings = Listings()
    assert missed(listings, course) == []
    course.wait(seconds=10)
    assert missed(listings, course) == [
        p.SiteLeft("site-01", one.sid, "RM_1", beat, "LOST"),
        p.SiteLeft("site-02", two.sid, "RM_1", NOON, "LOST"),
    ]


def test_the_last_sign_of_a_connection_is_never_before_its_coming() -> None:
    course, listings = started("site-01"), Listings()
    course.write(p.ConnectionsSeen("RM_1", (there(course, "site-01").sid,)))
    came = course.now + timedelta(seconds=1)
    course.write(p.SiteJoined("site-01", "PA_late", "RM_1", came), p.ConnectionsSeen("RM_1", ("PA_late",)))
    course.wait(seconds=30)
    assert missed(listings, course) == []
    course.wait(seconds=10)
    assert missed(listings, course) == [p.SiteLeft("site-01", "PA_late", "RM_1", came, "LOST")]


def test_a_connection_that_just_came_may_be_missing_from_a_listing() -> None:
    course, listings = started("site-01"), Listings()
    course.wait(seconds=NEW.total_seconds())
    assert missed(listings, course) == []
    course.wait(seconds=10)
    assert missed(listings, course) == []
    course.wait(seconds=10)
    assert len(missed(listings, course)) == 1


def test_a_connection_that_is_known_to_have_left_does_not_come_back() -> None:
    course = started("site-01")
    listed = there(course, "site-01")
    course.leave("site-01")
    assert missed(Listings(), course, listed) == []


def test_a_noticed_going_leaves_room_for_the_one_that_is_told() -> None:
    assert went("site-01", "PA_1", "RM_1", NOON, "LOST").key == "lost:PA_1"
    assert went("site-01", "PA_1", "RM_1", NOON, "CLIENT_INITIATED").key == "left:PA_1"


def test_a_heartbeat_names_the_connections_of_sites_and_of_main_in_order() -> None:
    state = started("site-01").state
    age = timedelta(seconds=1)
    listed = [Present("wall-1", "PA_0", age), Present("site-02", "PA_2", age), Present("main", "PA_1", age)]
    fact = heartbeat(state, "RM_1", listed)
    assert fact
    assert (fact.payload, fact.key) == (p.ConnectionsSeen("RM_1", ("PA_1", "PA_2")), None)
    assert heartbeat(state, "RM_1", listed[:1]) is None
