// The ledger's pure function, without a browser.
import assert from "node:assert/strict";
import test from "node:test";

import { wanted } from "../../readerlib/views/static/ledger.js";

test("a row is wanted if every wish holds, and an empty wish always holds", () => {
  const row = { status: "denied", claimant: "Ivan" };
  assert.equal(wanted(row, "Some Words", { status: "", claimant: "", text: "" }), true);
  assert.equal(wanted(row, "Some Words", { status: "denied", text: "words" }), true);
  assert.equal(wanted(row, "Some Words", { status: "denied", claimant: "Leonid" }), false);
  assert.equal(wanted(row, "Some Words", { text: "none" }), false);
});
