"""Names of things. Numbers come from the database; identities are LiveKit's word for who is in a room."""

from __future__ import annotations

from typing import NewType

AccountId = NewType("AccountId", int)
CommitteeId = NewType("CommitteeId", int)
DepartmentId = NewType("DepartmentId", int)
PersonId = NewType("PersonId", int)
StreetOfficeId = NewType("StreetOfficeId", int)
MeetingId = NewType("MeetingId", int)
SegmentId = NewType("SegmentId", int)
FactNumber = NewType("FactNumber", int)
DeviceId = NewType("DeviceId", int)
NoticeId = NewType("NoticeId", int)
IssueId = NewType("IssueId", int)

Identity = NewType("Identity", str)
"""``main``, ``wall-1`` …, ``console-{account}``, ``site-01`` … ``site-33``."""

SEATS = 33


def site_identity(seat: int) -> Identity:
    """The identity of the committee on ``seat`` (1 to 33), which is also its account's name."""
    return Identity(f"site-{seat:02d}")


def room_name(meeting: MeetingId) -> str:
    """LiveKit's name of a meeting's room."""
    return f"meeting-{meeting}"


DEVICE = "device-"
"""How the name of a paired PC begins where others have an account's name; no account may be called so."""


def actor_of(device: DeviceId) -> str:
    """The name under which a paired PC acts."""
    return f"{DEVICE}{device}"
