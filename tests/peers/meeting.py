"""One meeting of many synthetic participants in the live shape: who publishes and who watches what."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import aiohttp

from tests.peers.field import Field
from tests.peers.incoming import Totals
from tests.peers.peer import Peer
from tests.peers.publication import Publication
from tests.peers.server import Server
from tests.peers.viewer import CAMERA, HIGH, LOW, MEDIUM, MICROPHONE, Plan, Viewer, Want
from tests.peers.waiting import until

MAIN, WALL = "main", "wall-1"


def site(number: int) -> str:
    return f"site-{number:02}"


def site_plan(floor: str, *voices: str) -> Plan:
    """Main large with its voice, the floor holder small with its voice, and further open voices."""
    plan = {(MAIN, CAMERA): Want(HIGH), (MAIN, MICROPHONE): Want()}
    if floor:
        plan |= {(floor, CAMERA): Want(MEDIUM), (floor, MICROPHONE): Want()}
    return plan | {(voice, MICROPHONE): Want() for voice in voices}


def wall_plan(sites: Iterable[str], floor: str) -> Plan:
    """Every site's lowest layer, main large, and the voices."""
    plan = {(name, CAMERA): Want(LOW) for name in sites}
    plan |= {(MAIN, CAMERA): Want(HIGH), (MAIN, MICROPHONE): Want()}
    return plan | ({(floor, MICROPHONE): Want()} if floor else {})


class Meeting:
    """Participants by identity, all in one room; `end` lets everybody leave."""

    def __init__(self, field: Field, http: aiohttp.ClientSession, server: Server, room: str = "meeting-1") -> None:
        self.field, self.http, self.server, self.room = field, http, server, room
        self.viewers: dict[str, Viewer] = {}

    async def enter(
        self,
        identity: str,
        *publications: Publication,
        plan: Plan | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> Viewer:
        """Joins, follows the plan and publishes, in the order the pages do; ``attributes`` stand in the token."""
        token = self.server.token(identity, self.room, attributes=attributes)
        peer = Peer(self.field, self.http, url=self.server.url, token=token, auto_subscribe=False)
        viewer = Viewer(peer)
        self.viewers[identity] = viewer
        await peer.join()
        peer.on_change = viewer.apply
        viewer.follow(plan or {})
        if publications:
            await peer.publish(*publications)
        return viewer

    async def fill(
        self, count: int, *, floor: str, voices: tuple[str, ...] = (), open_microphones: bool = True
    ) -> None:
        """Main, ``count`` sites and the wall. Closed microphones send what a muted track sends."""
        names = [site(number) for number in range(1, count + 1)]
        await self.enter(MAIN, Publication("audio"), Publication("video"))
        speaking = {floor, *voices}

        def microphone(name: str) -> Publication:
            return Publication(
                "audio", muted=not open_microphones and name not in speaking, level=30 if name == floor else 90
            )

        for group in (names[i : i + 6] for i in range(0, count, 6)):
            await asyncio.gather(
                *(
                    self.enter(
                        name,
                        microphone(name),
                        Publication("video"),
                        plan=site_plan(floor if floor != name else "", *(v for v in voices if v != name)),
                    )
                    for name in group
                )
            )
        await self.enter(WALL, plan=wall_plan(names, floor))

    async def audience(self, count: int) -> None:
        """Main, and ``count`` sites that only watch it."""
        await self.enter(MAIN, Publication("audio"), Publication("video"))
        await asyncio.gather(*(self.enter(site(n), plan=site_plan("")) for n in range(1, count + 1)))

    async def watching(self, *, patience: float = 20.0) -> None:
        """Until every planned, enabled video of everybody has shown a frame."""
        await until(lambda: not self.missing(), patience=patience, step=0.05)

    def missing(self) -> list[tuple[str, str]]:
        """(who, whose picture) for every picture that has not come yet."""
        return [
            (identity, publisher)
            for identity, viewer in self.viewers.items()
            for (publisher, source), want in viewer.plan.items()
            if source == CAMERA and want.enabled and not viewer.peer.watch(viewer.sid(publisher, source)).frames
        ]

    def totals(self) -> Totals:
        total = Totals()
        for viewer in self.viewers.values():
            each = viewer.peer.media.totals()
            for name in Totals.__slots__:
                setattr(total, name, getattr(total, name) + getattr(each, name))
        return total

    def gone(self) -> dict[str, str]:
        """Who is not connected any more, and why."""
        return {name: v.peer.gone for name, v in self.viewers.items() if v.peer.gone is not None}

    async def end(self) -> None:
        await asyncio.gather(*(viewer.peer.leave() for viewer in self.viewers.values()))
        self.viewers.clear()
