import assert from "node:assert/strict";
import { test } from "node:test";
import { agenda, allMine, isMine, lateBy } from "../src/view/agenda.ts";
import { clock, clockSeconds, day, duration } from "../src/view/time.ts";
import { meeting, NOW } from "./fixture.ts";

const MINUTE = 60_000;

test("an overrun grows with the clock and moves what follows, without a new object", () => {
  const live = meeting();
  const at = agenda(live, NOW);
  assert.deepEqual([at.current?.allowed, at.current?.used, at.current?.over], [25, 28, 3]);
  const later = agenda(live, NOW + 4 * MINUTE);
  assert.equal(later.current?.over, 7);
  const moved = (later.blocks[1]?.from ?? 0) - Date.parse(live.agenda[1]?.starts_at ?? "");
  assert.equal(moved, NOW + 4 * MINUTE - Date.parse(live.agenda[0]?.ends_at ?? ""));
  for (const [index, block] of later.blocks.entries())
    if (index > 0) assert.equal(block.from, later.blocks[index - 1]?.to, "no gap between segments");
});

test("lengths of later segments stay, whatever the overrun", () => {
  for (const passed of [0, 5, 90]) {
    const { blocks } = agenda(meeting(), NOW + passed * MINUTE);
    assert.deepEqual(
      blocks.slice(1).map((block) => block.to - block.from),
      [10 * MINUTE, 15 * MINUTE],
    );
  }
});

test("an extension leaves room at the end of the bar", () => {
  const live = meeting({ ends_at: "2026-11-26T07:30:00Z" });
  assert.equal(agenda(live, NOW).to, Date.parse("2026-11-26T07:30:00Z"));
  assert.equal(agenda({ ...live, state: "ended" }, NOW).to, Date.parse("2026-11-26T06:53:00Z"));
});

test("granted minutes count as allowed", () => {
  const live = meeting();
  const [first] = live.agenda;
  assert.ok(first);
  first.granted = 5;
  assert.deepEqual([agenda(live, NOW).current?.allowed, agenda(live, NOW).current?.over], [30, 0]);
});

test("the allowed part of the running segment ends where it should have ended", () => {
  const [block] = agenda(meeting(), NOW).blocks;
  assert.equal((block?.allowedTo ?? 0) - (block?.from ?? 0), 25 * MINUTE);
  assert.ok((block?.to ?? 0) > (block?.allowedTo ?? 0));
});

test("your part is marked when it is a part, and said as a whole when it is everything", () => {
  const live = meeting();
  assert.equal(allMine(live, "site-01"), true);
  assert.equal(
    live.agenda.some((segment) => isMine(live, segment, "site-01")),
    false,
  );
  const [first] = live.agenda;
  assert.ok(first);
  first.sites = ["site-02"];
  assert.equal(allMine(live, "site-02"), true);
  assert.equal(allMine(live, "site-01"), false);
  assert.deepEqual(
    live.agenda.map((segment) => isMine(live, segment, "site-01")),
    [false, true, true],
  );
});

test("a late beginning is told in whole minutes", () => {
  const { blocks } = agenda(meeting(), NOW);
  assert.deepEqual(blocks.map(lateBy), [0, 3, 3]);
});

test("times are Shanghai's, wherever the computer believes it is", () => {
  assert.equal(clock("2026-11-26T06:28:06Z"), "14:28");
  assert.equal(clockSeconds("2026-11-26T16:00:01Z"), "00:00:01");
  assert.deepEqual(day("2026-11-26T16:30:00Z"), { year: 2026, month: 11, day: 27, weekday: 5 });
  assert.deepEqual(
    [duration(-5), duration(59_999), duration(61_000), duration(3_661_000)],
    ["00:00", "00:59", "01:01", "1:01:01"],
  );
});
