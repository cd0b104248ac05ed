"""Who gets a committee's mail."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.model import Audience
from digest.recipients import Directory, Recipient
from meetinghub.ids import CommitteeId, PersonId
from meetinghub.people.model import Committee, Person, Role

OURS, OTHERS = CommitteeId(7), CommitteeId(8)
COMMITTEE = Committee(OURS, 7, "望春苑", "望春苑居委会", "021-5550 0107")
ROLES = (Role.SECRETARY, Role.DIRECTOR)


def person(number: int, mail: str, *roles: Role, lines: tuple[str, ...] = ()) -> Person:
    return Person(PersonId(number), f"人{number}", "", roles, lines, None, OURS, mail)


SECRETARY = person(1, "secretary@qinghewan.example", Role.SECRETARY)
CIVIL = person(2, "civil@qinghewan.example", Role.LINE_WORKER, lines=("民政",))
SAFETY = person(3, "safety@qinghewan.example", Role.LINE_WORKER, lines=("平安",))
KNOWN = Directory((COMMITTEE,), {OURS: "site-07@qinghewan.example"}, {OURS: (SECRETARY, CIVIL, SAFETY)}, {})


def addresses(known: Directory, *audiences: Audience, roles: tuple[Role, ...] = ROLES) -> list[str]:
    return [each.address.split("@")[0] for each in known.of(COMMITTEE, roles=roles, audiences=audiences)]


def test_the_mailbox_and_those_with_the_notice_s_roles_get_it() -> None:
    assert addresses(KNOWN) == ["site-07", "secretary"]
    assert addresses(KNOWN, roles=()) == ["site-07"]


def test_an_item_for_a_line_also_goes_to_its_workers() -> None:
    civil = Audience(roles=(Role.LINE_WORKER,), line="民政")
    assert addresses(KNOWN, civil) == ["site-07", "secretary", "civil"]
    assert addresses(KNOWN, Audience(line="平安")) == ["site-07", "secretary", "safety"]
    assert addresses(KNOWN, Audience(roles=(Role.LINE_WORKER,))) == ["site-07", "secretary", "civil", "safety"]


def test_an_item_for_other_committees_adds_nobody() -> None:
    assert addresses(KNOWN, Audience(frozenset({OTHERS}), (Role.LINE_WORKER,))) == ["site-07", "secretary"]


def test_an_item_for_the_committee_as_such_adds_nobody() -> None:
    assert addresses(KNOWN, Audience()) == ["site-07", "secretary"]


def test_a_line_does_not_narrow_other_roles() -> None:
    both = Audience(roles=(Role.SECRETARY, Role.LINE_WORKER), line="民政")
    assert addresses(KNOWN, both, roles=()) == ["site-07", "secretary", "civil"]


def test_each_address_gets_it_once_whatever_its_case() -> None:
    shared = replace(CIVIL, mail="Site-07@QINGHEWAN.example", roles=(Role.DIRECTOR,))
    known = replace(KNOWN, people={OURS: (shared, SECRETARY)})
    assert known.of(COMMITTEE, roles=ROLES)[0] == Recipient("site-07@qinghewan.example", "望春苑居委会", OURS)
    assert addresses(known) == ["site-07", "secretary"]


def test_who_has_no_address_gets_nothing_and_a_committee_may_have_none_at_all() -> None:
    silent = replace(KNOWN, mailboxes={OURS: ""}, people={OURS: (replace(SECRETARY, mail=""),)})
    assert addresses(silent) == []
    assert addresses(replace(KNOWN, mailboxes={}, people={})) == []


def test_people_read_in_the_language_that_they_chose() -> None:
    known = replace(KNOWN, languages={SECRETARY.id: "en"})
    assert [each.language for each in known.of(COMMITTEE, roles=ROLES)] == ["", "en"]


def test_a_hand_over_changes_who_gets_it() -> None:
    """Read at sending: the new secretary gets it, the old one does not."""
    later = person(9, "new@qinghewan.example", Role.SECRETARY)
    handed_over = replace(KNOWN, people={OURS: (replace(SECRETARY, roles=()), later)})
    assert addresses(handed_over) == ["site-07", "new"]


PEOPLE = st.lists(
    st.builds(
        lambda number, mail, roles, lines: person(number, mail, *roles, lines=lines),
        st.integers(1, 99),
        st.sampled_from(["", "a@x.example", "A@x.example", "b@x.example", "c@x.example"]),
        st.sets(st.sampled_from([Role.SECRETARY, Role.DIRECTOR, Role.LINE_WORKER, Role.VOLUNTEER])),
        st.sampled_from([(), ("民政",), ("民政", "平安")]),
    ),
    max_size=8,
)


@given(PEOPLE, st.sampled_from(["", "a@X.example", "m@x.example"]))
def test_no_address_twice_and_nobody_without_one(people: list[Person], mailbox: str) -> None:
    known = replace(KNOWN, mailboxes={OURS: mailbox}, people={OURS: tuple(people)})
    found = known.of(COMMITTEE, roles=ROLES, audiences=[Audience(line="民政")])
    folded = [each.address.casefold() for each in found]
    assert all(folded)
    assert len(set(folded)) == len(folded)
    by_role = {each.mail.casefold() for each in people if set(each.roles) & set(ROLES)}
    workers = {each.mail.casefold() for each in people if Role.LINE_WORKER in each.roles and "民政" in each.lines}
    assert set(folded) == (by_role | workers | {mailbox.casefold()}) - {""}
