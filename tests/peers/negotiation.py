"""Offers and answers of one peer: one offer under way at a time, a new one when something changed meanwhile."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable

from livekit.protocol import rtc

from tests.peers.connection import Ends
from tests.peers.description import Answer, Kind, Offer, Section, read_answer


class Negotiation:
    """``send`` gets each offer; ``on_answer`` the parsed answer and the mids on which the server sends which track."""

    def __init__(
        self,
        *,
        ends: Ends,
        send: Callable[[rtc.SessionDescription], None],
        on_answer: Callable[[Answer, dict[str, str]], None],
    ) -> None:
        self.offer = Offer(
            ufrag=ends.ufrag,
            password=ends.password,
            fingerprint=ends.identity.fingerprint,
            cname=uuid.uuid4().hex[:16],
            data_mid="6",
            session=random.randrange(1 << 62),
        )
        self.offers = self.answers = 0
        self._send, self._on_answer = send, on_answer
        self._mid = 0
        self._waiting: int | None = None  # id of the offer without an answer
        self._dirty = False
        for kind in ("audio", "audio", "audio", "video", "video", "video"):
            self.offer.sections.append(Section(self._next_mid(), "audio" if kind == "audio" else "video"))
        self._next_mid()  # the data channels' section

    def _next_mid(self) -> str:
        self._mid += 1
        return str(self._mid - 1)

    def first(self) -> rtc.SessionDescription:
        """The offer that rides in the join request."""
        return self._describe()

    def send_section(self, kind: Kind, *, track: str, stream: str, rids: tuple[str, ...] = ()) -> Section:
        """A new section that sends; goes out with the next offer."""
        ssrc = random.randrange(1, 1 << 32)
        section = Section(self._next_mid(), kind, track, stream, ssrc, rids)
        self.offer.sections.append(section)
        return section

    def stop_section(self, section: Section) -> None:
        section.track, section.rids = "", ()

    def require(self, audios: int, videos: int) -> None:
        """The server wants this many more sections to send on; 0 and 0 only ask for an offer."""
        for _ in range(audios):
            self.offer.sections.append(Section(self._next_mid(), "audio"))
        for _ in range(videos):
            self.offer.sections.append(Section(self._next_mid(), "video"))
        self.negotiate()

    def negotiate(self) -> None:
        if self._waiting is not None:
            self._dirty = True
        else:
            self._send(self._describe())

    def renew(self) -> None:
        """After a resume, as the client does: the answer to what was under way may have been lost."""
        self._waiting = None
        self.negotiate()

    def _describe(self) -> rtc.SessionDescription:
        self.offers += 1
        self._waiting, self._dirty = self.offers, False
        return rtc.SessionDescription(type="offer", sdp=self.offer.write(), id=self.offers)

    def answered(self, description: rtc.SessionDescription) -> None:
        """Ignores an answer to an older offer, as the client does."""
        if description.id and description.id != self._waiting:
            return
        self._waiting = None
        self.answers += 1
        answer = read_answer(description.sdp)
        tracks = {s.mid: s.track for s in answer.sections if s.track and s.direction in ("sendonly", "sendrecv")}
        for mid, track in description.mid_to_track_id.items():
            if mid in tracks:
                tracks[mid] = track
        sent = {s.mid for s in self.offer.sections if s.track}
        self._on_answer(answer, {mid: track for mid, track in tracks.items() if mid not in sent})
        if self._dirty:
            self.negotiate()
