"""Rounds turned into the printed figures. Targets are those of the design, section 8."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median

from tests.benchmarks.floor import Floored
from tests.benchmarks.joining import Joined
from tests.benchmarks.live import Lived
from tests.benchmarks.measure import Metric, Window, emit
from tests.benchmarks.shape import SITES, Shape

Yardstick = Mapping[int, Sequence[Window]]  # Janus' rounds by its event_loops


def live(shape: Shape, ours: Sequence[Lived], theirs: Yardstick) -> None:
    variant = shape.variant
    window = ours[-1].window
    packet = median(lived.window.per_packet for lived in ours)
    ratios = "".join(f"; Janus {name}: {value / packet:.2f} times our CPU per packet" for name, value in _janus(theirs))
    load = f"{window.sent:.0f} packets/s in, {window.received:.0f} out"
    emit(
        Metric(
            "live_core_percent",
            median(lived.window.server for lived in ours),
            "% of one core",
            50,
            variant=variant,
            note=f"{shape.note}: {load}; {window.noise()}{ratios}",
        )
    )
    emit(
        Metric(
            "forward_us_per_packet",
            packet,
            "µs",
            min((value for _, value in _janus(theirs)), default=None),
            variant=variant,
            note=f"all CPU of the media process over packets sent; the target is the better Janus beside it{ratios}",
        )
    )
    typical = 1000 * median(lived.latency_p50 for lived in ours)
    worst = 1000 * max(lived.latency_p99 for lived in ours)
    emit(
        Metric(
            "live_latency_p99_ms",
            worst,
            "ms",
            10,
            variant=variant,
            note=f"worst of {len(ours)} rounds, p50 {typical:.2f} ms; from the kernel's receive timestamp to the send; "
            f"{window.noise()}",
        )
    )
    _lost(variant, ours, window.noise())
    emit(Metric("media_rss_mb", max(lived.megabytes for lived in ours), "MB", 300, variant=variant))


def _lost(variant: str, ours: Sequence[Lived], noise: str) -> None:
    reasons = {reason: count for lived in ours for reason, count in lived.dropped.items()}
    broken = sum(lived.broken for lived in ours)
    emit(
        Metric(
            "live_lost_packets",
            sum(lived.lost + lived.uplink_lost for lived in ours),
            "packets",
            0,
            variant=variant,
            note=f"gaps seen by peers and by the server; dropped by the server: {reasons or 'none'}; "
            f"{broken} frames not decodable; {noise}",
        )
    )


def janus(shape: Shape, theirs: Yardstick) -> None:
    for loops, windows in theirs.items():
        if windows:
            packet = median(window.per_packet for window in windows)
            emit(
                Metric(
                    "janus_core_percent",
                    median(window.server for window in windows),
                    "% of one core",
                    None,
                    variant=f"{shape.variant}, {_settings(loops)}",
                    note=f"VideoRoom 1.1.2, the same packets and peers: {packet:.1f} µs per packet, "
                    f"{windows[-1].received:.0f} out; {windows[-1].noise()}",
                )
            )


def _janus(theirs: Yardstick) -> list[tuple[str, float]]:
    """CPU per packet by setting."""
    return [(_settings(loops), median(w.per_packet for w in windows)) for loops, windows in theirs.items() if windows]


def _settings(loops: int) -> str:
    return f"event_loops={loops}" if loops else "default"


def join(seen: Sequence[Joined], quiet: Sequence[Joined]) -> None:
    worst = max(seen, key=lambda joined: joined.seconds)
    emit(
        Metric(
            "join33_s",
            worst.seconds,
            "s",
            8,
            note=f"worst of {len(seen)}; sites start over 5 s, the slowest needed {worst.slowest:.2f} s itself; "
            f"CPU of the process meanwhile, media included, {worst.cpu:.2f} s",
        )
    )
    emit(
        Metric(
            "join33_signalling_cpu_s",
            max(joined.cpu for joined in quiet),
            "s",
            2,
            variant="cameras silent",
            note=f"33 sites join, publish and subscribe: {quiet[-1].offers} offers, ICE, DTLS; no media flows; "
            f"p99 of one answer {1000 * quiet[-1].answer:.1f} ms",
        )
    )


def floor(floored: Floored) -> None:
    raised, unasked = floored.raised, floored.unasked
    note = f"whole product on SQLite, {len(raised) + len(unasked)} switches, last of all other sites"
    for variant, values in (("", [*raised, *unasked]), ("hand raised before", raised), ("no hand raised", unasked)):
        emit(
            Metric(
                "floor_switch_p95_ms",
                1000 * percentile(values, 0.95),
                "ms",
                500,
                variant=variant,
                note=f"{note}; p50 {1000 * median(values):.0f} ms, worst {1000 * max(values):.0f} ms",
            )
        )
    emit(
        Metric(
            "restart_recovery_s",
            floored.recovery,
            "s",
            5,
            note="media process killed (-9) mid-meeting and started again 3 s later; from its socket listening to the "
            f"last of {SITES} sites' first decodable frame; all see the holder of the floor, too, after "
            f"{floored.whole:.2f} s",
        )
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
