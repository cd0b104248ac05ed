import assert from "node:assert/strict";
import { test } from "node:test";
import type { Summary } from "../src/live/summary.ts";
import { figures, judged } from "../src/view/summary.ts";
import { en } from "../src/words/en.ts";
import { enSite } from "../src/words/en-site.ts";
import { zh } from "../src/words/zh.ts";
import { zhSite } from "../src/words/zh-site.ts";

const w = { ...zh, ...zhSite };
const WHOLE: Summary = {
  joined_at: "2026-11-26T05:56:00Z",
  seconds: 3780,
  missed: 0,
  drops: 0,
  turns: 1,
  headcount: 9,
  status: "present",
  late: false,
  left_early: false,
};

test("a meeting that was sat through is told in one sentence and four figures", () => {
  assert.equal(judged(w, WHOLE), "13:56 接入，准时到会，全程在线。");
  assert.equal(judged({ ...en, ...enSite }, WHOLE), "Joined at 13:56, in time, there all the time.");
  assert.deepEqual(
    figures(w, WHOLE).map(({ name, value, unit }) => `${name} ${value} ${unit}`),
    ["在会 63 分钟", "到会 9 人", "发言 1 次", "掉线 0 次"],
  );
});

test("what was missed is said, and nothing is claimed that was not so", () => {
  const told = (changes: Partial<Summary>): string => judged(w, { ...WHOLE, ...changes });
  assert.equal(told({ missed: 61, drops: 1 }), "13:56 接入，准时到会。");
  assert.equal(told({ status: "late", late: true, left_early: true }), "13:56 接入，迟到，提前离开。");
  assert.equal(told({ status: "left_early", left_early: true }), "13:56 接入，准时到会，提前离开。");
  assert.equal(told({ status: "brief", late: true }), "13:56 接入，在线不到一半。");
  assert.equal(told({ status: null }), "13:56 接入。");
  assert.equal(told({ status: "absent", joined_at: null, seconds: 0 }), "本会场没有接入。");
  assert.equal(told({ status: "excused", joined_at: null, seconds: 0 }), "本会场请假。");
  assert.equal(figures(w, { ...WHOLE, headcount: null })[1]?.value, "–");
});
