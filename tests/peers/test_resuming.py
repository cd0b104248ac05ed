"""A peer whose socket ends, or whose line is cut, against the real media process."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.peers.field import Field
from tests.peers.line import Line
from tests.peers.peer import Peer
from tests.peers.publication import Publication
from tests.peers.server import Server, media_server
from tests.peers.viewer import CAMERA, Viewer, Want
from tests.peers.waiting import until

ROOM = "meeting-1"


async def entered(server: Server, field: Field, http: aiohttp.ClientSession, identity: str, line: Line) -> Peer:
    token = server.token(identity, ROOM)
    peer = Peer(field, http, url=server.url, token=token, auto_subscribe=False, line=line, resumes=True)
    await peer.join()
    return peer


async def test_a_new_socket_goes_on_where_the_old_one_ended() -> None:
    async with media_server() as server, aiohttp.ClientSession() as http, Field() as field:
        seen = await entered(server, field, http, "site-01", Line())
        await seen.publish(Publication("video"))
        peer = await entered(server, field, http, "site-02", Line())
        viewer = Viewer(peer)
        peer.on_change = viewer.apply
        viewer.follow({("site-01", CAMERA): Want()})
        await until(lambda: peer.watch(viewer.sid("site-01", CAMERA)).frames)
        before, track = peer.me.sid, viewer.sid("site-01", CAMERA)
        peer.drop_signal()
        await until(lambda: peer.cut)
        frame = peer.next_frame(track)
        await peer.resume()
        viewer.renew()
        async with asyncio.timeout(10):
            await frame
        assert (peer.gone, peer.cut, peer.me.sid) == (None, False, before)
        answers = peer.negotiation.answers
        await peer.publish(Publication("audio"))
        assert peer.negotiation.answers > answers
        for each in (seen, peer):
            await each.leave()


@pytest.mark.parametrize("seconds", [2.0, 17.0])
async def test_a_cut_line_is_survived_for_a_while_and_then_ends_the_participant(seconds: float) -> None:
    async with media_server() as server, aiohttp.ClientSession() as http, Field() as field:
        line = Line()
        other = await entered(server, field, http, "site-01", Line())
        peer = await entered(server, field, http, "site-02", line)
        await until(lambda: "site-02" in other.participants)
        line.break_()
        await asyncio.sleep(seconds)
        survived = seconds < 12
        assert ("site-02" in other.participants) is survived
        line.mend()
        if survived:
            await peer.publish(Publication("audio"))
        else:
            await until(lambda: peer.gone)
        for each in (other, peer):
            await each.leave()
