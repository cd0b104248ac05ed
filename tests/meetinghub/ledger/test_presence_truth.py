"""Presence against the truth of simulated meetings whose lines are cut and whose processes are killed."""

from __future__ import annotations

from hypothesis import given, settings

from meetinghub.ledger.presence import Window, presences
from tests.meetinghub.ledger.histories import after_start, at
from tests.meetinghub.ledger.worlds import LENGTH, NOTICED, PLACES, Script, World, scripts

HEARTBEAT = 15


@settings(max_examples=100)
@given(scripts())
def test_presence_is_the_truth_but_for_one_heartbeat_before_a_media_server_died(script: Script) -> None:
    world = World(script)
    world.run()
    found = presences(world.facts, PLACES, Window(at(0), at(LENGTH), running=True))
    died = [second for second, process, _ in script.kills if process == "media"]
    for site in PLACES:
        shown = {s for each in found[site] for s in range(after_start(each.start), after_start(each.end))}
        missing, invented = world.truth[site] - shown, shown - world.truth[site]
        assert missing <= {s for kill in died for s in range(kill - HEARTBEAT, kill)}, (sorted(missing), script)
        cut = [end for _, end, line_cut in script.visits[site] if line_cut]
        unsure = {s for end in cut for s in range(end, end + NOTICED) if any(end <= k <= end + NOTICED for k in died)}
        unsure |= {s for end in cut for s in range(end, LENGTH) if end + NOTICED >= LENGTH}  # not told yet
        assert invented <= unsure, (sorted(invented), script)
