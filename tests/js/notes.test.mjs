// The pure functions of the list of notes, without a browser.
import assert from "node:assert/strict";
import test from "node:test";

import * as notes from "../../readerlib/views/static/notes.js";

test("the focus goes on to the next note, or to the last there is", () => {
  assert.equal(notes.afterwards(3, 10), 3);
  assert.equal(notes.afterwards(9, 9), 8);
  assert.equal(notes.afterwards(-1, 4), 0);
  assert.equal(notes.afterwards(0, 0), -1);
});
