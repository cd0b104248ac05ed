"""Who gets which layer: what a size asks for, what is there, and what a subscriber's bandwidth allows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .interface import Encoding, Quality

UPSCALING = 1.15  # a layer this little too small is not visibly so


def covering(encodings: Sequence[Encoding], width: int, height: int) -> Quality:
    """The smallest layer that fills ``width`` × ``height`` when shown whole inside it; the largest if none does."""
    for encoding in encodings:
        if encoding.width * UPSCALING >= width or encoding.height * UPSCALING >= height:
            return encoding.quality
    return encodings[-1].quality if encodings else Quality.HIGH


def nearest(available: Iterable[Quality], wanted: Quality) -> Quality | None:
    """The best available layer that is not above ``wanted``; if all are above, the lowest."""
    layers = sorted(available)
    below = [quality for quality in layers if quality <= wanted]
    return below[-1] if below else (layers[0] if layers else None)
