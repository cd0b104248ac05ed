"""The loads under which servers are compared."""

from __future__ import annotations

from dataclasses import dataclass

from tests.peers.meeting import site

SITES = 33
FLOOR, THIRD = site(7), site(20)
SETTLE = 8.0  # seconds before measuring: first key frames, upper layers, unused layers switched off


@dataclass(frozen=True, slots=True)
class Shape:
    """``whole``: every site publishes, one has the floor, a wall shows all. Otherwise main alone reaches all sites."""

    variant: str
    note: str
    whole: bool
    microphones_open: bool = False


LIVE = Shape(
    "whole shape",
    "main 720p + audio to 33 sites, floor 360p + audio, a third voice, wall of 33 low layers",
    whole=True,
)
OPEN = Shape(
    "whole shape, 33 microphones open",
    "the same, and every site's microphone sends all the time",
    whole=True,
    microphones_open=True,
)
FANOUT = Shape("33-way fan-out", "main 720p + audio to 33 sites that publish nothing", whole=False)
