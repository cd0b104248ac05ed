import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerOf,
  excused,
  headcount,
  type RosterList,
  sameAnswer,
  ticked,
  withAnswer,
  withGuests,
} from "../src/live/roster.ts";

const LIST: RosterList = {
  people: [1, 2, 3].map((id) => ({ id, name: `甲${id}`, role: "书记", ticked: id < 3, excused: null })),
  guests: 0,
  answered_at: null,
  source: "last_time",
};

test("the headcount is the ticked ones and the guests", () => {
  assert.equal(headcount(LIST), 2);
  assert.equal(headcount(withGuests(ticked(LIST, 3, true), 4)), 7);
});

test("whoever is excused is not here, and whoever comes is not excused", () => {
  const away = excused(LIST, 1, "training");
  assert.deepEqual(answerOf(away), { people: [2], guests: 0, excused: [{ id: 1, reason: "training" }] });
  assert.deepEqual(answerOf(ticked(away, 1, true)), { people: [1, 2], guests: 0, excused: [] });
  assert.deepEqual(answerOf(LIST).people, [1, 2], "a list is not changed in place");
});

test("guests are a whole number in range, whatever was typed", () => {
  for (const [typed, kept] of [
    [-1, 0],
    [2.7, 2],
    [9999, 500],
    [Number.NaN, 0],
  ] as const)
    assert.equal(withGuests(LIST, typed).guests, kept);
});

test("an answer that was kept is on the list again, without those who have gone", () => {
  const answer = {
    people: [3, 9],
    guests: 2,
    excused: [
      { id: 1, reason: "duty" as const },
      { id: 8, reason: "leave" as const },
    ],
  };
  const restored = withAnswer(LIST, answer);
  assert.deepEqual(answerOf(restored), { people: [3], guests: 2, excused: [{ id: 1, reason: "duty" }] });
  assert.ok(sameAnswer(answerOf(withAnswer(restored, answerOf(restored))), answerOf(restored)));
});
