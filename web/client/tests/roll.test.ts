import assert from "node:assert/strict";
import { test } from "node:test";
import { isOpen, rollMark, rollTally, rollTime } from "../src/view/roll.ts";
import { seats } from "../src/view/seats.ts";
import { at, meeting, NOW, site } from "./fixture.ts";

function called() {
  const live = meeting({ roll: { opened_at: at(-112), closed_at: null, reminded_at: null } });
  live.sites["site-01"] = site(1, { headcount: 9 });
  live.sites["site-02"] = site(2, { headcount: 0 });
  live.sites["site-03"] = site(3, { joined_at: null });
  live.sites["site-04"] = site(4, { joined_at: null, left_at: at(-14) });
  live.sites["site-05"] = site(5, { joined_at: null, excused: { reason: "换届选举" } });
  live.sites["site-06"] = site(6, { joined_at: null, headcount: 5, excused: { reason: "停电" } });
  return live;
}

test("every room has one mark, and a known headcount is an answer wherever it came from", () => {
  const all = seats(called(), null);
  assert.deepEqual(all.slice(0, 7).map(rollMark), ["done", "done", "away", "away", "excused", "done", "waiting"]);
});

test("the rooms that have not answered are told apart by what can be done about them", () => {
  const tally = rollTally(seats(called(), null));
  assert.deepEqual([tally.done, tally.people, tally.waiting.length], [3, 14, 27]);
  assert.deepEqual(
    [tally.dropped, tally.absent, tally.excused].map((group) => group.map((seat) => seat.id)),
    [["site-04"], ["site-03"], ["site-05"]],
  );
});

test("an excused room that is not there is neither absent nor dropped", () => {
  const live = called();
  live.sites["site-05"] = site(5, { joined_at: null, left_at: at(-14), excused: { reason: "停电" } });
  assert.equal(seats(live, null)[4]?.state, "excused");
  live.sites["site-05"] = site(5, { excused: { reason: "停电" } });
  assert.equal(seats(live, null)[4]?.state, "online");
});

test("the time of a roll call runs until it is closed", () => {
  const open = { opened_at: at(-112), closed_at: null, reminded_at: null };
  assert.equal(rollTime(open, NOW), 112_000);
  assert.equal(rollTime({ ...open, closed_at: at(-12) }, NOW), 100_000);
  assert.equal(rollTime({ ...open, opened_at: null }, NOW), null);
  assert.deepEqual([isOpen(open), isOpen({ ...open, closed_at: at(0) })], [true, false]);
});
