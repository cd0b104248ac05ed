import assert from "node:assert/strict";
import { test } from "node:test";
import { loadChoices, saveChoices } from "../src/live/choices.ts";
import { type DeviceState, stateOf } from "../src/live/devices.ts";
import { judge, probe } from "../src/live/network.ts";
import { type Situation, scene } from "../src/site/scene.ts";

const fine: Situation = {
  state: "live",
  entered: true,
  link: "connected",
  camera: "on",
  microphone: "on",
  withoutCamera: false,
  withoutMicrophone: false,
  taken: false,
};

test("whatever happens, exactly one page is shown", () => {
  const states = ["planned", "live", "ended", "postponed", "cancelled"] as const;
  const links = ["joining", "connected", "resuming", "replaced", "removed", "refused", "stopped"] as const;
  const devices: DeviceState[] = ["asking", "on", "blocked", "missing", "in_use", "insecure", "off"];
  const seen = new Set<string>();
  for (const state of states)
    for (const link of links)
      for (const camera of devices)
        for (const microphone of devices)
          for (const entered of [true, false])
            for (const without of [true, false])
              seen.add(
                scene({
                  state,
                  link,
                  camera,
                  microphone,
                  entered,
                  withoutCamera: without,
                  withoutMicrophone: without,
                  taken: without,
                }),
              );
  assert.equal(seen.size, 15, [...seen].join(" "));
});

test("each trouble has its own page", () => {
  assert.equal(scene(fine), "meeting");
  assert.equal(scene({ ...fine, entered: false }), "check");
  assert.equal(scene({ ...fine, state: "planned" }), "waiting");
  assert.equal(scene({ ...fine, camera: "in_use" }), "camera-in-use");
  assert.equal(scene({ ...fine, microphone: "missing" }), "microphone-missing");
  assert.equal(scene({ ...fine, link: "replaced" }), "replaced");
  assert.equal(scene({ ...fine, link: "removed", state: "ended" }), "ended");
  assert.equal(scene({ ...fine, taken: true, entered: false }), "replaced");
  assert.equal(scene({ ...fine, taken: true }), "meeting");
});

test("with sound only chosen, a missing camera no longer stands in the way", () => {
  assert.equal(scene({ ...fine, camera: "off", withoutCamera: true }), "meeting");
  assert.equal(scene({ ...fine, microphone: "blocked", withoutMicrophone: true }), "meeting");
});

test("a lost server never hides the meeting: the page keeps its place and says so above it", () => {
  for (const link of ["joining", "resuming", "refused"] as const) assert.equal(scene({ ...fine, link }), "meeting");
});

test("what getUserMedia says becomes one of our words", () => {
  const named = (name: string) => stateOf(new DOMException("", name));
  assert.equal(named("NotAllowedError"), "blocked");
  assert.equal(named("NotFoundError"), "missing");
  assert.equal(named("OverconstrainedError"), "missing");
  assert.equal(named("NotReadableError"), "in_use");
  assert.equal(stateOf("anything else"), "in_use");
});

test("the network is judged by the middle of several answers, and by whether there are any", async () => {
  assert.equal(judge([]), "failed");
  assert.equal(judge([10, 20, 5000]), "enough");
  assert.equal(judge([900, 20, 5000]), "slow");
  let clock = 0;
  const answers = async (): Promise<boolean> => {
    clock += 30;
    return true;
  };
  assert.equal(await probe(answers, () => clock), "enough");
  assert.equal(
    await probe(
      async () => false,
      () => clock,
    ),
    "failed",
  );
});

test("device choices survive a restart and bad storage alike", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  assert.equal(loadChoices(storage).echoCancellation, true);
  saveChoices(storage, { camera: "a", microphone: "b", speaker: "c", echoCancellation: false });
  assert.deepEqual(loadChoices(storage), { camera: "a", microphone: "b", speaker: "c", echoCancellation: false });
  assert.equal(loadChoices({ getItem: () => "{broken" }).camera, "");
  saveChoices(
    {
      setItem: () => {
        throw new Error("full");
      },
    },
    loadChoices(storage),
  );
});
