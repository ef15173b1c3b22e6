// A chart's gestures, without a browser: the keys, and what choosing a mark sends.
import assert from "node:assert/strict";
import test from "node:test";

import chart, { nextMark } from "../../readerlib/views/static/chart.js";

test("arrows lead to the neighbours, and stop at the ends", () => {
  assert.equal(nextMark("ArrowRight", 0, 3), 1);
  assert.equal(nextMark("ArrowDown", 2, 3), 2);
  assert.equal(nextMark("ArrowLeft", 0, 3), 0);
  assert.equal(nextMark("ArrowUp", 2, 3), 1);
});

test("Home and End lead to the ends, the page keys ten marks on or back", () => {
  assert.equal(nextMark("Home", 7, 30), 0);
  assert.equal(nextMark("End", 7, 30), 29);
  assert.equal(nextMark("PageDown", 7, 30), 17);
  assert.equal(nextMark("PageDown", 27, 30), 29);
  assert.equal(nextMark("PageUp", 7, 30), 0);
});

test("other keys lead nowhere, and where there is no mark no key does", () => {
  assert.equal(nextMark("Tab", 0, 3), -1);
  assert.equal(nextMark("a", 0, 3), -1);
  for (const key of ["ArrowRight", "Home", "End", "PageUp"]) assert.equal(nextMark(key, 0, 0), -1);
});

test("the view is the module's default export", () => {
  assert.equal(typeof chart.render, "function");
});
