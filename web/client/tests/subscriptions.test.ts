import assert from "node:assert/strict";
import { test } from "node:test";
import { consolePlan, mainPlan, sitePlan, stage, wallPlan, wallStage } from "../src/live/subscriptions.ts";
import { at, meeting } from "./fixture.ts";

const floor = (site: string) => ({ site, since: at(-10), opens_at: at(-7) });
const camera = (identity: string) => ({ identity, source: "camera" });

test("a room sees the main venue large and the floor small", () => {
  assert.deepEqual(stage(meeting(), "site-01", false), { large: camera("main"), small: null });
  assert.deepEqual(stage(meeting({ floor: floor("site-04") }), "site-01", false), {
    large: camera("main"),
    small: camera("site-04"),
  });
});

test("a broadcast takes the large place and the main venue the small one", () => {
  const live = meeting({ floor: floor("site-04"), broadcast: "site-04" });
  assert.deepEqual(stage(live, "site-01", false), { large: camera("site-04"), small: camera("main") });
  const other = meeting({ floor: floor("site-04"), broadcast: "site-09" });
  assert.deepEqual(stage(other, "site-01", false), { large: camera("site-09"), small: camera("site-04") });
});

test("nobody is shown to himself", () => {
  const live = meeting({ floor: floor("site-04"), broadcast: "site-04" });
  assert.deepEqual(stage(live, "site-04", false), { large: camera("main"), small: null });
  for (const key of sitePlan(live, "site-04", true).keys()) assert.ok(!key.startsWith("site-04/"), key);
});

test("a shared screen takes the large place, and the speaker stays visible", () => {
  const shared = { identity: "main", source: "screen_share" };
  assert.deepEqual(stage(meeting({ floor: floor("site-04") }), "site-01", true), {
    large: shared,
    small: camera("site-04"),
  });
  assert.deepEqual(stage(meeting(), "site-01", true), { large: shared, small: camera("main") });
});

test("a room hears the main venue and the floor, and nobody else", () => {
  const live = meeting({ floor: floor("site-04"), broadcast: "site-09", next: ["site-12", "site-23"] });
  const audible = [...sitePlan(live, "site-01", false)].filter(
    ([key, want]) => key.endsWith("microphone") && want.enabled,
  );
  assert.deepEqual(audible.map(([key]) => key).sort(), ["main/microphone", "site-04/microphone"]);
});

test("the two next hands are subscribed in advance and disabled, until one gets the floor", () => {
  const before = sitePlan(meeting({ next: ["site-12", "site-23"] }), "site-01", false);
  for (const site of ["site-12", "site-23"])
    for (const source of ["camera", "microphone"]) assert.equal(before.get(`${site}/${source}`)?.enabled, false);
  const after = sitePlan(meeting({ floor: floor("site-12"), next: ["site-12", "site-23"] }), "site-01", false);
  assert.equal(after.get("site-12/camera")?.enabled, true);
  assert.equal(after.get("site-12/microphone")?.enabled, true);
  assert.equal(after.get("site-23/camera")?.enabled, false);
});

test("the site that is next does not subscribe to itself", () => {
  const plan = sitePlan(meeting({ next: ["site-12"] }), "site-12", false);
  assert.ok(![...plan.keys()].some((key) => key.startsWith("site-12/")));
});

test("the wall takes the low layer of all 33, larger ones only above the seats, and no sound unless asked", () => {
  const live = meeting({ floor: floor("site-04") });
  const plan = wallPlan(live, false, false);
  const low = [...plan].filter(([key, want]) => key.startsWith("site-") && want.enabled && want.size === "low");
  assert.equal(low.length, 33);
  assert.ok(![...plan.keys()].some((key) => key.endsWith("microphone")));
  const spotlight = wallPlan({ ...live, layout: "spotlight" }, true, false);
  assert.deepEqual(spotlight.get("site-04/camera"), { enabled: true, size: "high" });
  assert.deepEqual(spotlight.get("main/camera"), { enabled: true, size: "high" });
  assert.ok(spotlight.has("main/microphone") && spotlight.has("site-04/microphone"));
});

test("the wall's stage follows the layout", () => {
  const live = meeting({ floor: floor("site-04") });
  assert.deepEqual(wallStage(live, false), []);
  assert.deepEqual(wallStage({ ...live, layout: "single", layout_site: "site-09" }, false), [camera("site-09")]);
  assert.deepEqual(wallStage({ ...live, layout: "spotlight" }, false), [camera("main"), camera("site-04")]);
  assert.deepEqual(wallStage({ ...live, floor: null, layout: "spotlight" }, false), [camera("main")]);
});

test("a narrow console subscribes to what it shows, a wide one to every picture; neither to any sound", () => {
  const live = meeting({ floor: floor("site-04"), next: ["site-12"] });
  const narrow = consolePlan(live, "site-12", false, false);
  assert.deepEqual(
    [...narrow]
      .filter(([, want]) => want.enabled)
      .map(([key]) => key)
      .sort(),
    ["main/camera", "site-04/camera", "site-12/camera"],
  );
  const wide = consolePlan(live, null, true, false);
  assert.equal([...wide.keys()].filter((key) => key.startsWith("site-")).length, 33);
  for (const plan of [narrow, wide]) assert.ok(![...plan.keys()].some((key) => key.endsWith("microphone")));
});

test("the main venue plays the floor's voice only", () => {
  const plan = mainPlan(meeting({ floor: floor("site-04"), next: ["site-12"] }));
  assert.deepEqual(
    [...plan].map(([key, want]) => [key, want.enabled]),
    [
      ["site-12/microphone", false],
      ["site-04/microphone", true],
    ],
  );
});
