from __future__ import annotations

from livekit.protocol import rtc

from tests.peers.connection import Ends
from tests.peers.description import Answer
from tests.peers.negotiation import Negotiation

ANSWER = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=msid:PA_1 TR_1\r\n"


class Client:
    def __init__(self) -> None:
        self.offers: list[rtc.SessionDescription] = []
        self.received: list[dict[str, str]] = []
        self.negotiation = Negotiation(ends=Ends(), send=self.offers.append, on_answer=self._answered)
        self.offers.append(self.negotiation.first())

    def _answered(self, answer: Answer, received: dict[str, str]) -> None:
        self.received.append(received)

    def answer(self, number: int, **mids: str) -> None:
        description = rtc.SessionDescription(type="answer", sdp=ANSWER, id=number, mid_to_track_id=mids)
        self.negotiation.answered(description)


def test_changes_during_an_offer_go_out_together_after_its_answer() -> None:
    client = Client()
    client.negotiation.require(1, 0)
    client.negotiation.require(0, 2)
    assert len(client.offers) == 1
    client.answer(1)
    assert [offer.id for offer in client.offers] == [1, 2]
    assert client.offers[1].sdp.count("m=video") == 5
    assert client.offers[1].sdp.count("m=audio") == 4


def test_an_answer_to_an_older_offer_is_ignored() -> None:
    client = Client()
    client.answer(1)
    client.negotiation.negotiate()
    client.answer(1)
    assert client.negotiation.answers == 1
    client.answer(2)
    assert client.negotiation.answers == 2


def test_the_map_of_mids_decides_which_track_a_section_carries() -> None:
    client = Client()
    client.answer(1, **{"0": "TR_2"})
    assert client.received == [{"0": "TR_2"}]


def test_new_sections_come_after_the_data_section() -> None:
    client = Client()
    client.answer(1)
    section = client.negotiation.send_section("video", track="camera", stream="s", rids=("q", "h"))
    client.negotiation.negotiate()
    lines = [line for line in client.offers[-1].sdp.splitlines() if line.startswith("a=mid:")]
    assert lines == [f"a=mid:{n}" for n in range(8)]
    assert section.mid == "7"
