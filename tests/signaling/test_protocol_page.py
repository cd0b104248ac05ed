"""docs/protocol.md names every message and call that LiveKit's protocol has, so that none is left to be guessed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from livekit.protocol import room, rtc

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"
MESSAGES = {
    kind.DESCRIPTOR.name: [field.name for field in kind.DESCRIPTOR.oneofs_by_name["message"].fields]
    for kind in (rtc.SignalRequest, rtc.SignalResponse)
}
NAMES = {
    **MESSAGES,
    "JoinRequest": [field.name for field in rtc.JoinRequest.DESCRIPTOR.fields],
    "RoomService": [method.name for method in room.DESCRIPTOR.services_by_name["RoomService"].methods],
}


@pytest.mark.parametrize("kind", NAMES)
def test_every_message_and_call_is_named(kind: str) -> None:
    words = set(re.findall(r"\w+", PAGE.read_text(encoding="utf-8")))
    assert NAMES[kind]
    assert [name for name in NAMES[kind] if name not in words] == []
