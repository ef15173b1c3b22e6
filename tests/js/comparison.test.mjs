// The comparison's pure functions, without a browser.
import assert from "node:assert/strict";
import test from "node:test";

import { atEdge, credited, moved } from "../../readerlib/views/static/comparison.js";

// Three rows of two sides: how many stops each cell has.
const CELLS = [
  [1, 1],
  [3, 1],
  [1, 2],
];

test("down and up go through the turns of a cell, then to the next row of the same side", () => {
  const at = { row: 0, side: 0, item: 0 };
  const passed = [];
  let here = at;
  for (let i = 0; i < 4; i++) passed.push((here = moved(here, "ArrowDown", CELLS)));
  assert.deepEqual(passed, [
    { row: 1, side: 0, item: 0 },
    { row: 1, side: 0, item: 1 },
    { row: 1, side: 0, item: 2 },
    { row: 2, side: 0, item: 0 },
  ]);
  for (let i = 0; i < 4; i++) here = moved(here, "ArrowUp", CELLS);
  assert.deepEqual(here, at);
});

test("left and right stay in the row, and at its ends where they are", () => {
  assert.deepEqual(moved({ row: 1, side: 0, item: 2 }, "ArrowRight", CELLS), { row: 1, side: 1, item: 0 });
  assert.deepEqual(moved({ row: 1, side: 1, item: 0 }, "ArrowLeft", CELLS), { row: 1, side: 0, item: 0 });
  assert.deepEqual(moved({ row: 2, side: 1, item: 1 }, "ArrowRight", CELLS), { row: 2, side: 1, item: 1 });
});

test("beyond the page the next row is named, so that it can be asked for", () => {
  assert.equal(moved({ row: 2, side: 1, item: 1 }, "ArrowDown", CELLS).row, 3);
  assert.equal(moved({ row: 0, side: 1, item: 0 }, "ArrowUp", CELLS).row, -1);
  assert.equal(moved({ row: 2, side: 1, item: 0 }, "PageDown", CELLS).row, 3);
  assert.equal(moved({ row: 0, side: 1, item: 0 }, "PageUp", CELLS).row, -1);
});

test("Page keys go by ten rows, Home and End to the ends, other keys nowhere", () => {
  const many = Array.from({ length: 30 }, () => [1, 1]);
  assert.equal(moved({ row: 3, side: 1, item: 0 }, "PageDown", many).row, 13);
  assert.equal(moved({ row: 25, side: 1, item: 0 }, "PageDown", many).row, 29);
  assert.equal(moved({ row: 3, side: 1, item: 0 }, "PageUp", many).row, 0);
  assert.deepEqual(moved({ row: 3, side: 1, item: 0 }, "End", many), { row: 29, side: 1, item: 0 });
  assert.deepEqual(moved({ row: 3, side: 1, item: 0 }, "Home", many), { row: 0, side: 1, item: 0 });
  assert.equal(moved({ row: 3, side: 1, item: 0 }, "x", many), null);
});

test("the row at the edge is the last one that begins above it", () => {
  assert.equal(atEdge([-20, 5, 90], 10), 1);
  assert.equal(atEdge([20, 50], 10), 0);
  assert.equal(atEdge([], 10), 0);
});

test("copied words are followed by who says them and where, and a summary is called one", () => {
  const facts = { by: "Olya, to Ivan", summary: true, credit: "Ivan · 2 Love and fear", turn: "ivan-2-02" };
  assert.equal(
    credited("Words", [facts]),
    "Words\n\n— Olya, to Ivan (a summary, not the words). Ivan · 2 Love and fear (ivan-2-02)",
  );
  const two = credited("Words", [facts, { ...facts, by: "Ivan", summary: false, turn: "ivan-2-03" }]);
  assert.deepEqual(two.split("\n").slice(2), [
    "— Olya, to Ivan (a summary, not the words). Ivan · 2 Love and fear (ivan-2-02)",
    "— Ivan. Ivan · 2 Love and fear (ivan-2-03)",
  ]);
});
