// The Reader's pure functions, without a browser.
import assert from "node:assert/strict";
import test from "node:test";

import { offered, withTag } from "../../readerlib/views/static/form.js";
import { atEdge, chosen, endsOf, moved, over, placeOf, points, stretchOf, withSetting } from "../../readerlib/views/static/reader.js";

test("arrows move by one turn and page keys by ten, and stop at the ends", () => {
  assert.equal(moved(4, "ArrowDown", 20), 5);
  assert.equal(moved(4, "ArrowUp", 20), 3);
  assert.equal(moved(4, "PageDown", 20), 14);
  assert.equal(moved(14, "PageDown", 20), 19);
  assert.equal(moved(0, "ArrowUp", 20), 0);
  assert.equal(moved(7, "Home", 20), 0);
  assert.equal(moved(7, "End", 20), 19);
});

test("what a key leaves over at the end of a page is gone on the next one", () => {
  for (const key of ["ArrowDown", "ArrowUp", "PageDown", "PageUp"]) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[key];
    for (let at = 0; at < 25; at++) {
      const gone = moved(at, key, 25) - at;
      assert.equal(gone + over(at, key, 25), step);
    }
  }
  for (const key of ["Home", "End", "b"]) assert.equal(over(7, key, 20), 0);
});

test("other keys move nowhere, and on an empty page no key does", () => {
  for (const key of ["b", "d", "Enter", "Escape", "ArrowLeft"]) assert.equal(moved(3, key, 20), -1);
  for (const key of ["Home", "End", "ArrowDown"]) assert.equal(moved(-1, key, 0), -1);
});

test("the turn at the edge is the last that begins above it, as a plain scan finds", () => {
  for (let count = 1; count < 40; count++) {
    const tops = Array.from({ length: count }, (_, i) => i * 10 - 95);
    for (let edge = -120; edge < 400; edge += 7) {
      const scanned = tops.filter((top) => top <= edge).length - 1;
      assert.equal(atEdge(tops, edge), Math.max(0, scanned));
    }
  }
});

test("a setting of the display is spelt once, and the usual value not at all", () => {
  assert.equal(withSetting("", "size", "2"), "size=2");
  assert.equal(withSetting("size=2", "letters", "sans"), "letters=sans&size=2");
  assert.equal(withSetting("letters=sans&size=2", "size", "0"), "letters=sans");
  assert.equal(withSetting("size=2", "size", "3"), "size=3");
});

test("a place comes back from its spelling, whatever the ids hold", () => {
  for (const [first, last] of [["a-1", "a-1"], ["a-1", "a-9"], ["a:1", "b..2"], ["я й", "%2E'()*"]]) {
    assert.deepEqual(endsOf(placeOf(first, last)), [first, last]);
  }
  assert.equal(placeOf("ivan-2-01", "ivan-2-05"), "ivan-2-01..ivan-2-05");
});

test("a stretch is counted in code points, and what is covered has its length", () => {
  assert.equal(points([{ text: "🙂а́" }, { text: "▒▒▒", length: 4 }]), 7);
  assert.equal(points([]), 0);
  assert.equal(stretchOf("t1", [{ text: "Мама 🙂" }], [{ text: " сказала " }]), "t1:7-14");
  assert.equal(stretchOf("t:1", [], [{ text: "▒▒▒", length: 4 }, { text: " it" }]), "t%3A1:0-7");
  assert.equal(stretchOf("t1", [{ text: "a" }], [{ text: "  " }]), "");
});

test("arrows choose a word, and with Shift the words up to it", () => {
  const at = { from: 2, to: 2 };
  assert.deepEqual(chosen(at, "ArrowRight", false, 5), { from: 3, to: 3 });
  assert.deepEqual(chosen(at, "ArrowRight", true, 5), { from: 2, to: 3 });
  assert.deepEqual(chosen(at, "ArrowLeft", true, 5, true), { from: 2, to: 3 });
  assert.deepEqual(chosen(at, "Home", true, 5), { from: 2, to: 0 });
  assert.deepEqual(chosen({ from: 4, to: 4 }, "ArrowDown", false, 5), { from: 4, to: 4 });
  for (const key of ["b", "d", "Enter", "Escape"]) assert.equal(chosen(at, key, false, 5), null);
  assert.equal(chosen(at, "End", false, 0), null);
});

test("a tag that is chosen stands in place of what was begun, and is offered no more", () => {
  assert.equal(withTag("", "place"), "place, ");
  assert.equal(withTag("who, pl", "place"), "who, place, ");
  const tags = ["place", "people", "who"];
  assert.deepEqual(offered(tags, "who, P"), ["place", "people"]);
  assert.deepEqual(offered(tags, "Who, "), ["place", "people"]);
  assert.deepEqual(offered(tags, "", 2), ["place", "people"]);
});
