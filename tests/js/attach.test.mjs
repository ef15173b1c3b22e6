// The panel's pure function, without a browser.
import assert from "node:assert/strict";
import test from "node:test";

import { beginnings } from "../../readerlib/views/static/files.js";

test("the parts of a file cover it once, and an empty file is one part", () => {
  assert.deepEqual(beginnings(0, 10), [0]);
  assert.deepEqual(beginnings(10, 10), [0]);
  assert.deepEqual(beginnings(11, 10), [0, 10]);
  for (let size = 1; size < 60; size++) {
    const at = beginnings(size, 7);
    assert.equal(at.at(-1) < size, true);
    assert.equal(size <= at.at(-1) + 7, true);
    assert.deepEqual(at, at.map((_, i) => i * 7));
  }
});
