"""The beat of all peers of a process: every 4 ms read what has come, send what is due. No task, no timer per peer."""

from __future__ import annotations

import asyncio
import select
import time
from collections.abc import Callable
from types import TracebackType

from tests.peers import ice
from tests.peers.connection import Connection, Ends
from tests.peers.description import Answer
from tests.peers.dtls import Handshake
from tests.peers.line import Line
from tests.peers.wire import Arena, drops

BEAT = 0.004


class Field:
    """``beat``: seconds; longer for many peers that send little."""

    def __init__(self, beat: float = BEAT) -> None:
        self.arena = Arena()
        self._beat = beat
        self.dropped = 0  # datagrams lost at sockets that are closed now, because we read too late
        self.late = 0.0  # the longest pause between two beats, seconds
        self._connections: dict[int, Connection] = {}
        self._epoll = select.epoll()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Field:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        try:
            await self._task
        except asyncio.CancelledError:
            pass
        finally:
            for connection in list(self._connections.values()):
                self.remove(connection)
            self._epoll.close()

    def connect(
        self,
        remote: Answer,
        *,
        ends: Ends,
        cname: str,
        on_ready: Callable[[], None],
        on_lost: Callable[[str], None],
        on_frame: Callable[[str, float], None],
        line: Line | None = None,
    ) -> Connection:
        """A connection to the first candidate of the other side's description; checks begin with the next beat."""
        connection = Connection(
            self.arena,
            remote.candidates[0],
            checks=ice.Checks(
                ufrag=ends.ufrag,
                password=ends.password,
                remote_ufrag=remote.ufrag,
                remote_password=remote.password,
            ),
            handshake=Handshake(ends.identity, remote.fingerprint),
            cname=cname,
            on_frame=on_frame,
            on_ready=on_ready,
            on_lost=on_lost,
            line=line or Line(),
        )
        self._connections[connection.fileno()] = connection
        self._epoll.register(connection.fileno(), select.EPOLLIN)
        return connection

    def remove(self, connection: Connection) -> None:
        """Also closes it."""
        if self._connections.pop(connection.fileno(), None) is not None:
            self.dropped += drops(connection.socket)
            self._epoll.unregister(connection.fileno())
            connection.close()

    def packets(self) -> tuple[int, int]:
        """RTP packets received and sent by the peers that are connected now."""
        media = [c.media for c in self._connections.values()]
        return sum(m.totals().received for m in media), sum(m.sent_packets for m in media)

    def drops(self) -> int:
        """Datagrams lost on this side since the start."""
        return self.dropped + sum(drops(c.socket) for c in self._connections.values())

    async def _run(self) -> None:
        due = before = time.monotonic()
        while True:
            due = max(due + self._beat, time.monotonic() - self._beat)
            await asyncio.sleep(due - time.monotonic())
            now = time.monotonic()
            self.late, before = max(self.late, now - before), now
            for descriptor, _ in self._epoll.poll(0):
                if (connection := self._connections.get(descriptor)) is not None:
                    connection.read(now)
            wall = time.time()
            for connection in list(self._connections.values()):
                connection.beat(now, wall)
