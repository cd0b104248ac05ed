"""A media server's RoomService in memory: one room, its participants, and everything that was asked of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from meetinghub.errors import Unavailable
from meetinghub.meetings.locks import Present, Publication
from meetinghub.meetings.rooms import Room


class FakeRooms:
    """``away``: it does not answer."""

    def __init__(self) -> None:
        self.sid: str | None = None
        self.metadata = ""
        self.people: dict[str, Present] = {}
        self.calls: list[tuple[str, ...]] = []
        self.away = False

    def open(self, sid: str = "RM_1") -> None:
        self.sid, self.metadata, self.people = sid, "", {}

    def join(self, identity: str, *, gate: str = "closed", age: float = 0) -> Present:
        tracks = (Publication(f"TR_{identity}", "microphone", True, True),)
        present = Present(identity, f"PA_{identity}_{len(self.calls)}", timedelta(seconds=age), gate, tracks)
        self.people[identity] = present
        return present

    def speak(self, identity: str) -> None:
        """Its page opens the microphone by itself."""
        if self.people[identity].may_send_microphone:
            self._change(identity, tracks=(Publication(f"TR_{identity}", "microphone", False, True),))

    def silent(self, identity: str) -> bool:
        return all(track.muted for track in self.people[identity].tracks)

    @property
    def revision(self) -> int | None:
        return json.loads(self.metadata)["revision"] if self.metadata else None

    def gates(self) -> dict[str, str]:
        return {identity: present.gate for identity, present in self.people.items()}

    def asked(self, name: str) -> list[tuple[str, ...]]:
        return [call for call in self.calls if call[0] == name]

    async def find(self, room: str) -> Room | None:
        self._answer("find")
        return Room(self.sid, self.metadata) if self.sid else None

    async def write(self, room: str, metadata: str) -> bool:
        self._answer("write", str(json.loads(metadata)["revision"]))
        if self.sid is None:
            return False
        self.metadata = metadata
        return True

    async def present(self, room: str) -> list[Present]:
        self._answer("present")
        return list(self.people.values())

    async def set_gate(self, room: str, identity: str, gate: str) -> bool:
        self._answer("gate", identity, gate)
        return self._change(identity, gate=gate)

    async def mute(self, room: str, identity: str, track: str) -> bool:
        self._answer("mute", identity)
        return self._change(identity, tracks=(Publication(track, "microphone", True, True),))

    async def permit(self, room: str, identity: str, *, microphone: bool) -> bool:
        self._answer("permit", identity, str(microphone))
        return self._change(identity, may_send_microphone=microphone, tracks=())

    async def remove(self, room: str, identity: str) -> bool:
        self._answer("remove", identity)
        return self.people.pop(identity, None) is not None

    async def close(self, room: str) -> bool:
        self._answer("close")
        was, self.sid = self.sid, None
        return was is not None

    def _answer(self, *call: str) -> None:
        if self.away:
            raise Unavailable("media.unreachable")
        self.calls.append(call)

    def _change(self, identity: str, **changes: object) -> bool:
        if identity not in self.people:
            return False
        self.people[identity] = replace(self.people[identity], **changes)  # type: ignore[arg-type]
        return True
