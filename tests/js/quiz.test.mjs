// The quiz's pure functions, without a browser.
import assert from "node:assert/strict";
import test from "node:test";

import { shifted, stepped, wordsAt } from "../../readerlib/views/static/quiz.js";

test("a place on a line has the words of the first stretch that reaches as far", () => {
  const places = [
    [10, "low"],
    [50, "in the middle"],
    [100, "high"],
  ];
  const expected = (value) => (value <= 10 ? "low" : value <= 50 ? "in the middle" : "high");
  for (let value = 0; value <= 100; value++) assert.equal(wordsAt(places, value), expected(value));
  assert.equal(wordsAt([], 3), "");
});

test("arrows go from stop to stop and stay at the ends; other keys go nowhere", () => {
  assert.equal(stepped(0, "ArrowDown", 3), 1);
  assert.equal(stepped(2, "ArrowDown", 3), 2);
  assert.equal(stepped(0, "ArrowUp", 3), 0);
  assert.equal(stepped(1, "Home", 3), 0);
  assert.equal(stepped(1, "End", 3), 2);
  assert.equal(stepped(1, "b", 3), -1);
  assert.equal(stepped(-1, "ArrowDown", 0), -1);
});

test("an item that is moved changes places with its neighbour, and nothing else does", () => {
  const list = ["a", "b", "c", "d"];
  assert.deepEqual(shifted(list, 1, 1), ["a", "c", "b", "d"]);
  assert.deepEqual(shifted(list, 1, -1), ["b", "a", "c", "d"]);
  assert.equal(shifted(list, 0, -1), list);
  assert.equal(shifted(list, 3, 1), list);
  for (let i = 0; i < 3; i++) assert.deepEqual(shifted(shifted(list, i, 1), i + 1, -1), list);
});
