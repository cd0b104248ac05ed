from __future__ import annotations

from datetime import timedelta

from meetinghub.meetings.locks import Mute, Permit, Present, Publication, enforce

GATES = {"site-01": "open", "site-02": "closed"}


def present(identity: str, *tracks: Publication, may: bool = True) -> Present:
    return Present(identity, f"PA_{identity}", timedelta(0), "", tracks, may)


MICROPHONE = Publication("TR_m", "microphone", False, True)
MUTED = Publication("TR_m", "microphone", True, True)
CAMERA = Publication("TR_c", "camera", False, False)


def test_the_holder_and_the_main_venue_are_left_alone() -> None:
    assert enforce([present("site-01", MICROPHONE), present("main", MICROPHONE)], GATES, {}, True) == []


def test_cameras_and_muted_microphones_are_left_alone() -> None:
    assert enforce([present("site-02", MUTED, CAMERA)], GATES, {}, True) == []


def test_an_open_microphone_is_muted_and_counted_only_when_the_floor_has_settled() -> None:
    listed = [present("site-02", MICROPHONE)]
    assert enforce(listed, GATES, {}, False) == [Mute("site-02", "TR_m", offence=False)]
    assert enforce(listed, GATES, {}, True) == [Mute("site-02", "TR_m", offence=True)]


def test_the_second_time_costs_the_permission_until_the_floor_is_given() -> None:
    again = {"PA_site-02": 1}
    assert enforce([present("site-02", MICROPHONE)], GATES, again, True) == [Permit("site-02", False)]
    assert enforce([present("site-02", may=False)], GATES, again, True) == []
    assert enforce([present("site-02", may=False)], {"site-02": "open"}, again, True) == [Permit("site-02", True)]


def test_sound_is_muted_whatever_it_calls_itself() -> None:
    disguised = Publication("TR_x", "camera", False, True)
    listed = [present("site-02", disguised)]
    assert enforce(listed, GATES, {}, True) == [Mute("site-02", "TR_x", offence=True)]
    again = {"PA_site-02": 1}
    assert enforce(listed, GATES, again, True) == [Mute("site-02", "TR_x", offence=True)]
    both = [present("site-02", MICROPHONE, disguised)]
    assert enforce(both, GATES, again, True) == [Permit("site-02", False), Mute("site-02", "TR_x", offence=True)]
