"""Names as people type them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from meetinghub.ids import CommitteeId, DepartmentId, PersonId
from meetinghub.meetings.model import Site
from meetinghub.minutes.model import Who
from meetinghub.minutes.naming import Register, named, pieces, typed
from meetinghub.people.model import Committee, Department, Person

COMMITTEES = tuple(
    Committee(CommitteeId(100 + seat), seat, f"青禾{seat}村", f"清河湾街道青禾{seat}村居民委员会", "")
    for seat in range(1, 5)
)
SITES = tuple(Site(f"site-{each.seat:02d}", each.seat, each.name, each.id, "", "") for each in COMMITTEES[:3])
DEPARTMENTS = (Department(DepartmentId(1), "自治办", "自治", 1), Department(DepartmentId(3), "民政科", "民政", 2))


def person(number: int, name: str, *, committee: int | None = None, department: int | None = None) -> Person:
    return Person(
        PersonId(number),
        name,
        "",
        (),
        (),
        DepartmentId(department) if department else None,
        CommitteeId(committee) if committee else None,
    )


PEOPLE = (
    person(1, "沈若琳", department=3),
    person(2, "王芳", committee=101),
    person(3, "王芳", committee=102),
)
REGISTER = Register(SITES, COMMITTEES, DEPARTMENTS, PEOPLE)


def test_all_committees_are_those_that_take_part() -> None:
    found = named("全体居委会", REGISTER)
    assert [each.ref for each in found.found] == ["committee:101", "committee:102", "committee:103"]
    assert named("All committees", REGISTER) == found


def test_committees_departments_and_people_are_found_by_name() -> None:
    found = named("青禾4村, 民政科；沈若琳、青禾1村居委会", REGISTER)
    assert [each.ref for each in found.found] == ["committee:104", "department:3", "person:1", "committee:101"]
    assert found.found[2] == Who("沈若琳（民政科）", department=3, person=1)


def test_a_name_that_two_bear_must_say_where() -> None:
    assert named("王芳", REGISTER).several == ("王芳",)
    assert [each.ref for each in named("王芳（青禾2村）", REGISTER).found] == ["person:3"]
    assert named("王芳（民政科）", REGISTER).unknown == ("王芳（民政科）",)


def test_who_is_named_twice_is_meant_once_and_unknown_names_are_told() -> None:
    found = named("民政科、民政科、无此科", REGISTER)
    assert [each.ref for each in found.found] == ["department:3"]
    assert found.unknown == ("无此科",)


EVERYBODY_WHO = [
    *(Who(each.name, committee=each.id) for each in COMMITTEES),
    *(Who(each.name, department=each.id) for each in DEPARTMENTS),
    *(named(name, REGISTER).found[0] for name in ("沈若琳", "王芳（青禾1村）", "王芳（青禾2村）")),
]


@given(st.lists(st.sampled_from(EVERYBODY_WHO), unique_by=lambda each: each.ref))
def test_what_is_shown_in_the_field_means_the_same_people_when_it_is_sent_back(owners: list[Who]) -> None:
    text = typed(owners, REGISTER, "全体居委会")
    assert {each.ref for each in named(text, REGISTER).found} == {each.ref for each in owners}


@given(st.text(alphabet="甲乙丙、，,；; \n（）", max_size=30))
def test_any_text_is_split_into_names_that_are_found_unknown_or_ambiguous(text: str) -> None:
    found = named(text, REGISTER)
    assert found.found == ()
    assert [*found.unknown, *found.several] == list(pieces(text))
