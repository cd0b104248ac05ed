import assert from "node:assert/strict";
import { test } from "node:test";
import { fit } from "../src/view/fit.ts";
import { seats, tally } from "../src/view/seats.ts";
import { at, meeting, site } from "./fixture.ts";

const everyone = new Set(Object.keys(meeting().sites));

test("seats keep their order whatever happens to them", () => {
  const live = meeting({ hands: [{ site: "site-33", at: at(-9), topic: "" }] });
  live.sites = Object.fromEntries(Object.entries(live.sites).reverse());
  assert.deepEqual(
    seats(live, everyone).map((seat) => seat.site.seat),
    Array.from({ length: 33 }, (_, index) => index + 1),
  );
});

test("each state of a seat has one cause", () => {
  const live = meeting({
    floor: { site: "site-01", since: at(0), opens_at: at(3) },
    hands: [
      { site: "site-03", at: at(-9), topic: "" },
      { site: "site-02", at: at(-5), topic: "" },
    ],
  });
  live.sites["site-04"] = site(4, { joined_at: null });
  live.sites["site-05"] = site(5, { joined_at: null, left_at: at(-14) });
  live.sites["site-06"] = site(6, { check: { at: at(-60), failed: ["camera"] } });
  const found = Object.fromEntries(seats(live, null).map((seat) => [seat.id, [seat.state, seat.hand]]));
  assert.deepEqual(found["site-01"], ["speaking", 0]);
  assert.deepEqual(found["site-02"], ["hand", 2]);
  assert.deepEqual(found["site-03"], ["hand", 1]);
  assert.deepEqual(found["site-04"], ["absent", 0]);
  assert.deepEqual(found["site-05"], ["dropped", 0]);
  assert.deepEqual(found["site-06"], ["check", 0]);
  assert.deepEqual(found["site-07"], ["online", 0]);
  assert.deepEqual(tally(seats(live, null)), {
    online: 31,
    total: 33,
    hands: 2,
    dropped: 1,
    absent: 1,
    failed: 1,
    people: null,
  });
});

test("a page that is connected trusts its own eyes over an older object", () => {
  const live = meeting();
  const present = new Set([...everyone].filter((id) => id !== "site-07"));
  assert.equal(seats(live, present).find((seat) => seat.id === "site-07")?.state, "dropped");
  live.sites["site-08"] = site(8, { joined_at: null });
  assert.equal(seats(live, present).find((seat) => seat.id === "site-08")?.state, "online");
});

test("a dropped site that holds the floor shows as dropped, not as speaking", () => {
  const live = meeting({ floor: { site: "site-05", since: at(-9), opens_at: at(-6) } });
  live.sites["site-05"] = site(5, { joined_at: null, left_at: at(-2) });
  assert.equal(seats(live, null)[4]?.state, "dropped");
});

test("the wall fills common screens as drawn", () => {
  for (const [width, height, columns, rows] of [
    [1920, 1080, 7, 5],
    [3840, 2160, 7, 5],
    [1280, 1024, 6, 6],
    [2560, 1080, 9, 4],
  ] as const) {
    const grid = fit(width, height, 33, false);
    assert.deepEqual([grid.columns, grid.rows], [columns, rows], `${width}×${height}`);
  }
  assert.deepEqual([fit(1920, 1080, 33, true).columns, fit(1920, 1080, 33, true).rows], [11, 3]);
  assert.ok(fit(1920, 1080, 33, false).spare >= 2);
});

test("the same picture at 4K, twice as large", () => {
  const small = fit(1920, 1080, 33, false);
  const large = fit(3840, 2160, 33, false);
  assert.ok(Math.abs(large.tile - 2 * small.tile) < 1e-6);
});

test("no screen makes seats overflow", () => {
  for (let width = 640; width <= 5120; width += 97) {
    for (let height = 480; height <= 2880; height += 83) {
      for (const spotlight of [false, true]) {
        const unit = Math.min(width / 1920, height / 1080);
        const grid = fit(width, height, 33, spotlight);
        const ratio = 9 / 16 + (spotlight ? 30 / 163.6 : 37 / 258.2);
        const stage = spotlight ? ((924 * 9) / 16 + 62) * unit : 0;
        assert.ok(grid.tile > 0);
        assert.ok(grid.columns * grid.rows >= 33);
        assert.ok(grid.columns * grid.tile + (grid.columns - 1) * grid.gap <= width - 40 * unit + 1e-6);
        assert.ok(
          grid.rows * grid.tile * ratio + (grid.rows - 1) * grid.gap <= height - 112 * unit - stage + 1e-6,
          `${width}×${height}`,
        );
      }
    }
  }
});
