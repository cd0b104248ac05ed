import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAt } from "../src/office/board.ts";

test("a segment is dropped behind every middle that lies above it", () => {
  const middles = [25, 100, 200, 275];
  assert.deepEqual(
    [0, 26, 100, 199, 201, 999].map((y) => placeAt(middles, y)),
    [0, 1, 1, 2, 3, 4],
  );
  assert.equal(placeAt([], 40), 0);
});
