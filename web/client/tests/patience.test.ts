import assert from "node:assert/strict";
import { test } from "node:test";
import { DEVICE_MS, FREE_MS, Patience, REMOVED_MS } from "../src/site/patience.ts";

function begun(): { patience: Patience; taken: () => number } {
  let count = 0;
  const patience = new Patience(() => {
    count += 1;
  });
  return { patience, taken: () => count };
}

test("a device that does not come is waited for once, whichever of both it is", () => {
  const { patience } = begun();
  patience.update("check", false, 0);
  patience.update("camera-blocked", false, 1000);
  patience.update("microphone-blocked", false, 9000);
  assert.equal(patience.waited, false);
  patience.update("microphone-blocked", false, 1000 + DEVICE_MS);
  assert.equal(patience.waited, true);
});

test("the seat is taken back when the other window has been gone for a while, and not before", () => {
  const { patience, taken } = begun();
  patience.update("replaced", true, 0);
  patience.update("replaced", true, 10 * FREE_MS);
  assert.equal(taken(), 0);
  patience.update("replaced", false, 10 * FREE_MS + 1);
  patience.update("replaced", false, 11 * FREE_MS);
  assert.equal(taken(), 0);
  patience.update("replaced", false, 11 * FREE_MS + 1);
  assert.equal(taken(), 1);
});

test("a room that was sent out comes back after half a minute, and again", () => {
  const { patience, taken } = begun();
  patience.update("meeting", true, 0);
  patience.update("removed", false, 1000);
  patience.update("removed", false, 1000 + REMOVED_MS);
  assert.equal(taken(), 1);
  patience.update("meeting", true, 1500 + REMOVED_MS);
  patience.update("removed", false, 2000 + REMOVED_MS);
  patience.update("removed", false, 2000 + 2 * REMOVED_MS);
  assert.equal(taken(), 2);
});
