import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Coming } from "../src/kiosk/answer.ts";
import {
  ASTRAY_MS,
  FAREWELL_MS,
  GLANCE_MS,
  OLD_MS,
  plan,
  type Seat,
  type Situation,
  UNTOLD_MS,
} from "../src/kiosk/plan.ts";
import type { MeetingState } from "../src/live/state.ts";

const NOW = Date.parse("2026-11-26T06:00:00Z");
const MINUTE = 60_000;

function at(ms: number): string {
  return new Date(ms).toISOString();
}

/** A meeting that starts so many minutes from now. */
function coming(id: number, minutes: number, state: MeetingState = "planned"): Coming {
  const start = NOW + minutes * MINUTE;
  return {
    id,
    title: `meeting ${id}`,
    state,
    starts_at: at(start),
    ends_at: at(start + 60 * MINUTE),
    checks_at: at(start - 30 * MINUTE),
    opens_at: at(start - 15 * MINUTE),
    agenda: [],
  };
}

const device = { id: 7, site: "site-04", committee: "云杉里" };

function answer(meeting: Coming | null, more: Partial<Answer> = {}): Answer {
  return { now: at(NOW), build: "a", csrf: "", phone: "", device, meeting, ...more };
}

const calm: Situation = {
  now: NOW,
  answer: answer(null),
  fresh: true,
  seat: null,
  build: "a",
  age: MINUTE,
  renewed: false,
};

function seat(meeting: number, state: MeetingState, over = 0, astray = 0): Seat {
  return { meeting, device: 7, state, over, astray };
}

test("a PC that nobody has answered says so, and a meeting under way goes on", () => {
  assert.equal(plan({ ...calm, answer: null }).kind, "away");
  assert.equal(plan({ ...calm, answer: null, seat: seat(1, "live") }).kind, "seat");
});

test("a PC that is not paired shows its code, also when it was paired a moment ago", () => {
  assert.equal(plan({ ...calm, answer: answer(null, { device: null }) }).kind, "pairing");
  assert.equal(plan({ ...calm, answer: answer(null, { device: null }), seat: seat(1, "live") }).kind, "reload");
  const other = { ...device, id: 8 };
  assert.equal(
    plan({ ...calm, answer: answer(coming(1, 0, "live"), { device: other }), seat: seat(1, "live") }).kind,
    "reload",
  );
});

test("it waits until devices are to be tried, and goes into a live meeting at once", () => {
  assert.equal(plan({ ...calm, answer: answer(coming(1, 31)) }).kind, "waiting");
  assert.deepEqual(plan({ ...calm, answer: answer(coming(1, 30)) }), { kind: "open", meeting: 1, site: "site-04" });
  assert.equal(plan({ ...calm, answer: answer(coming(1, 500, "live")) }).kind, "open");
});

test("after the last card it begins anew, sooner when the next meeting's doors are open", () => {
  const next = answer(coming(2, 10));
  assert.equal(plan({ ...calm, seat: seat(1, "ended", FAREWELL_MS - 1) }).kind, "seat");
  assert.equal(plan({ ...calm, seat: seat(1, "ended", FAREWELL_MS) }).kind, "reload");
  assert.equal(plan({ ...calm, answer: next, seat: seat(1, "ended", GLANCE_MS - 1) }).kind, "seat");
  assert.equal(plan({ ...calm, answer: next, seat: seat(1, "ended", GLANCE_MS) }).kind, "reload");
  assert.equal(plan({ ...calm, answer: answer(coming(2, 20)), seat: seat(1, "ended", GLANCE_MS) }).kind, "seat");
  assert.equal(plan({ ...calm, answer: next, fresh: false, seat: seat(1, "ended", FAREWELL_MS) }).kind, "seat");
});

test("a meeting that was cancelled or put off is left like one that is over", () => {
  for (const state of ["cancelled", "postponed"] as const) {
    assert.equal(plan({ ...calm, seat: seat(1, state, 0) }).kind, "seat");
    assert.equal(plan({ ...calm, seat: seat(1, state, FAREWELL_MS) }).kind, "reload");
  }
});

test("before its own meeting begins, it goes over to one that is live", () => {
  assert.equal(plan({ ...calm, answer: answer(coming(2, 0, "live")), seat: seat(1, "planned") }).kind, "reload");
  assert.equal(plan({ ...calm, answer: answer(coming(1, 5)), seat: seat(1, "planned") }).kind, "seat");
});

test("a meeting to come that the server names no more has a while to say why", () => {
  for (const next of [null, coming(2, 5)]) {
    const told = { ...calm, answer: answer(next) };
    assert.equal(plan({ ...told, seat: seat(1, "planned", 0, UNTOLD_MS - 1) }).kind, "seat");
    assert.equal(plan({ ...told, seat: seat(1, "planned", 0, UNTOLD_MS) }).kind, "reload");
  }
});

test("a meeting that goes on without this room is left, but not at the first sign of it", () => {
  assert.equal(plan({ ...calm, seat: seat(1, "live", 0, ASTRAY_MS - 1) }).kind, "seat");
  assert.equal(plan({ ...calm, seat: seat(1, "live", 0, ASTRAY_MS) }).kind, "reload");
  assert.equal(plan({ ...calm, fresh: false, seat: seat(1, "live", 0, ASTRAY_MS) }).kind, "seat");
});

test("a new build and old age are reasons to begin anew only while nothing is near", () => {
  const newer = answer(coming(1, 33), { build: "b" });
  assert.equal(plan({ ...calm, answer: newer }).kind, "reload");
  assert.equal(plan({ ...calm, answer: newer, renewed: true }).kind, "waiting");
  assert.equal(plan({ ...calm, answer: newer, fresh: false }).kind, "waiting");
  assert.equal(plan({ ...calm, answer: answer(coming(1, 31), { build: "b" }) }).kind, "waiting");
  assert.equal(plan({ ...calm, age: OLD_MS }).kind, "reload");
  assert.equal(plan({ ...calm, age: OLD_MS, answer: answer(coming(1, 10)) }).kind, "open");
});

/** A small generator with a seed (Park and Miller), so that a failure can be repeated. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

test("whatever happens, a live meeting is never left for a reload while the PC is paired", () => {
  const states: MeetingState[] = ["planned", "live", "ended", "postponed", "cancelled"];
  for (let seed = 1; seed <= 20_000; seed++) {
    const roll = dice(seed);
    const pick = <T>(...all: T[]): T => all[roll(all.length)] as T;
    const meeting = pick(null, coming(1 + roll(3), roll(120) - 60, pick("planned", "live", "postponed")));
    const s: Situation = {
      now: NOW + roll(200) * MINUTE - 100 * MINUTE,
      answer: pick(null, answer(meeting), answer(meeting, { build: "b" }), answer(null, { device: null })),
      fresh: pick(true, false),
      seat: pick(null, seat(1 + roll(3), pick(...states), roll(200) * 1000)),
      build: pick(null, "a"),
      age: roll(10) * 3600_000,
      renewed: pick(true, false),
    };
    const step = plan(s);
    const paired = s.answer === null || s.answer.device !== null;
    if (s.seat?.state === "live" && paired) assert.equal(step.kind, "seat", `seed ${seed}`);
    if (s.seat !== null) assert.ok(step.kind === "seat" || step.kind === "reload", `seed ${seed}`);
    if (step.kind === "reload") assert.ok(s.fresh || !paired, `seed ${seed}`);
    if (step.kind === "open") assert.ok(meeting !== null && s.seat === null, `seed ${seed}`);
  }
});
