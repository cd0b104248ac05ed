import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../src/live/clock.ts";
import { retryDelay } from "../src/live/retry.ts";
import { newest, parse, stateAt } from "../src/live/state.ts";
import { voice } from "../src/live/voice.ts";
import { at, meeting, NOW } from "./fixture.ts";

test("an older object never replaces a newer one", () => {
  const shown = meeting({ revision: 5 });
  assert.equal(newest(shown, meeting({ revision: 4 })), shown);
  assert.equal(newest(shown, meeting({ revision: 6 })).revision, 6);
  assert.equal(newest(null, meeting({ revision: 1 })).revision, 1);
});

test("text that is not an object of version 1 is ignored", () => {
  for (const text of [undefined, "", "null", "[]", "{", '"x"', '{"version":2,"revision":1}', '{"version":1}'])
    assert.equal(parse(text), null);
  assert.equal(parse(JSON.stringify(meeting()))?.revision, 412);
});

test("the server's clock is the freshest sample seen, whatever the delay of the others", () => {
  let monotonic = 1000;
  const clock = new ServerClock(() => monotonic);
  assert.equal(clock.now(), 0);
  clock.observe(new Date(NOW - 400).toISOString()); // took 400 ms to arrive
  assert.equal(clock.now(), NOW - 400);
  monotonic += 5000;
  clock.observe(new Date(NOW + 5000).toISOString()); // arrived at once
  assert.equal(clock.now(), NOW + 5000);
  clock.observe(new Date(NOW - 60_000).toISOString()); // an old object, met by a late joiner
  assert.equal(clock.now(), NOW + 5000);
  clock.observe("not a time");
  assert.equal(clock.now(), NOW + 5000);
});

test("retries start soon, stay below four seconds and are spread", () => {
  for (let attempt = 1; attempt < 1000; attempt++) {
    for (const random of [0, 0.5, 0.999]) {
      const delay = retryDelay(attempt, random);
      assert.ok(delay > 0 && delay <= 3500, `${attempt}: ${delay}`);
    }
  }
  assert.ok(retryDelay(1, 0.999) < 500);
  assert.ok(retryDelay(50, 0.999) - retryDelay(50, 0) > 1000);
});

test("a microphone opens at opens_at by the server's clock and not before", () => {
  const live = meeting({ floor: { site: "site-04", since: at(0), opens_at: at(3) } });
  assert.deepEqual(voice(live, "site-05", NOW), { kind: "closed" });
  assert.deepEqual(voice(live, "site-04", NOW), { kind: "counting", opensAt: NOW + 3000, seconds: 3 });
  assert.deepEqual(voice(live, "site-04", NOW + 2001), { kind: "counting", opensAt: NOW + 3000, seconds: 1 });
  assert.deepEqual(voice(live, "site-04", NOW + 3000), { kind: "open", since: NOW + 3000 });
  assert.deepEqual(voice({ ...live, state: "ended" }, "site-04", NOW + 3000), { kind: "closed" });
  assert.deepEqual(voice(meeting(), "site-04", NOW), { kind: "closed" });
});

test("a meeting that was put off lets rooms in again half an hour before its new time", () => {
  const live = { ...meeting(), state: "postponed" as const };
  const starts = Date.parse(live.starts_at);
  assert.equal(stateAt(live, starts - 31 * 60_000), "postponed");
  assert.equal(stateAt(live, starts - 30 * 60_000), "planned");
  assert.equal(stateAt({ ...live, state: "cancelled" }, starts), "cancelled");
});
