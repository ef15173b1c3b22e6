// @ts-check
// The Reader's gestures.
//
// In:  messages {frame} (once), {parts: {name: html}, turn, heading, focus, …} and {trouble}, and of
//      notes {noted: {row: html}}, {write}, {wrote} and {refused};
//      the traits place, display and panel (another widget).  All HTML comes from render.py.
// Out: the traits place (a turn's id) and display, and messages {do: "ready" | "toggle" |
//      "without" | "step" | "find" | "reset" | "open" | "context" | "go" | "reveal" |
//      "reveal-chapter" | "reveal-topic" | "veil" | "notices" | "to" | "attach" | "lines" |
//      "line" | "copy" | "narrow" | "close" | "seen" | "stop" | "go-on" | "again" | "again-close" |
//      "window" | "nth" | "beyond" | "hit"}, the last four for another page of a corpus that does
//      not fit on one; and what is done with notes, see noting().

const USUAL = { letters: "serif", mask: "0", projector: "0", size: "0", width: "normal" };

/** The spelling of the display with another value of one setting; usual values are left out. */
export function withSetting(display, name, value) {
  const settings = new URLSearchParams(display);
  settings.delete(name);
  if (value !== USUAL[name]) settings.append(name, value);
  settings.sort();
  return settings.toString();
}

/** The spelling of a place: a turn, or all turns from one to another. */
export function placeOf(first, last) {
  const code = (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  const escaped = (id) => {
    const plain = encodeURIComponent(id).replace(/[!'()*]/g, code);
    return /^\.|\.\.|\.$/.test(plain) ? plain.replaceAll(".", "%2E") : plain;
  };
  return first === last ? escaped(first) : `${escaped(first)}..${escaped(last)}`;
}

/** The ids of the first and the last turn of a place. */
export function endsOf(place) {
  const [first, last] = place.split("..");
  const turn = decodeURIComponent(first.split(":")[0]);
  return [turn, last === undefined ? turn : decodeURIComponent(last)];
}

/** The index that a key moves to among `count` turns, or -1 if the key moves nowhere. */
export function moved(index, key, count) {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[key];
  if (count === 0) return -1;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return step === undefined ? -1 : Math.max(0, Math.min(count - 1, index + step));
}

/** How many turns a key would go on past the last of `count` turns, or before the first (< 0). */
export function over(index, key, count) {
  const to = index + ({ ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[key] ?? 0);
  return Math.min(0, to) + Math.max(0, to - (count - 1));
}

/** The last of the ascending `tops` that is not below `edge`; the first if all are. */
export function atEdge(tops, edge) {
  let low = 0;
  let high = tops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tops[middle] <= edge) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** How many code points pieces of a text have; what is covered has as many as before. */
export function points(pieces) {
  return pieces.reduce((sum, { text, length }) => sum + (length ?? [...text].length), 0);
}

/** The stretch of a turn that was selected, without the blanks at its ends; "" if it is blank. */
export function stretchOf(turn, before, inside) {
  const text = inside.map(({ text, length }) => (length === undefined ? text : "▒".repeat(length))).join("");
  const start = points(before) + [...text].length - [...text.trimStart()].length;
  const size = [...text.trim()].length;
  return size ? `${placeOf(turn, turn)}:${start}-${start + size}` : "";
}

/** The words that are chosen after a key, from the one where it began to the last; null if as before. */
export function chosen({ from, to }, key, extend, count, backwards = false) {
  const on = backwards ? -1 : 1;
  const step = { ArrowRight: on, ArrowDown: 1, ArrowLeft: -on, ArrowUp: -1 }[key];
  if (!count || (step === undefined && key !== "Home" && key !== "End")) return null;
  const end = key === "Home" ? 0 : key === "End" ? count - 1 : Math.max(0, Math.min(count - 1, to + step));
  return { from: extend ? from : end, to: end };
}

/** The notes on a turn: where they are written, the button at a turn, words that are selected.
 *
 * Out: messages {do: "note" | "note-open" | "note-edit" | "note-draft" | "note-save" |
 *      "note-cancel" | "note-drop" | "note-delete" | "note-undo" | "note-keep" | "notes-try" |
 *      "notes-copy"}.
 */
function noting({ root, ask, part, aside, back }) {
  const page = root.ownerDocument;
  const pen = page.createElement("button"); // on the turn where the reader is
  pen.className = "more pen";
  pen.dataset.do = "note";
  pen.textContent = "Note";
  pen.setAttribute("aria-label", "Note on this turn");
  const float = page.createElement("button"); // beside words that are selected
  float.className = "float";
  float.dataset.do = "note-words";
  float.textContent = "Note on these words";
  let waiting = 0;
  let sought = ""; // a note to which the focus goes once it is shown
  let words = { from: -1, to: -1 };
  let mine = false; // whether this page asked; another view of the same Reader is left as it is

  const editor = () => root.querySelector(".noting .editor");
  const form = formOf(editor);
  const { field, picked, suggest } = form;
  const options = () => [...editor().querySelectorAll('[role="option"]')];

  /** What the editor holds, and of which place. */
  function held() {
    const on = picked("on");
    return { ...form.held(), on: on?.value ?? "", place: (on ?? editor()).dataset.place };
  }

  /** The editor has come: the focus goes to what is written. */
  function write() {
    if (!editor()) return;
    aside();
    suggest();
    const on = options().flatMap((option, i) => (option.ariaSelected === "true" ? [i] : []));
    words = { from: on[0] ?? -1, to: on.at(-1) ?? -1 };
    if (words.to >= 0) choose(words, picked("on")?.dataset.place);
    else options()[0]?.setAttribute("tabindex", "0");
    field("text").focus({ preventScroll: true });
    editor().scrollIntoView({ block: "nearest" });
  }

  /** Choose words of the turn; the stretch goes from the first to the last of them. */
  function choose(next, exact = "") {
    words = next;
    const all = options();
    const [first, last] = [words.from, words.to].sort((a, b) => a - b);
    all.forEach((option, i) => {
      option.ariaSelected = String(i >= first && i <= last);
      option.tabIndex = i === words.to ? 0 : -1;
    });
    const turn = endsOf(editor().dataset.place)[0];
    const to = editor().querySelector('[data-field="on"][value="words"]');
    to.dataset.place = exact || `${placeOf(turn, turn)}:${all[first].dataset.start}-${all[last].dataset.end}`;
    const said = all.slice(first, last + 1).map((option) => option.textContent).join("");
    editor().querySelector(".picked").textContent = `Chosen: ${said.trim()}`;
  }

  /** The turns that are written about look so, wherever the reader goes meanwhile. */
  function light() {
    const place = editor()?.dataset.place;
    const [first, last] = place ? endsOf(place) : [];
    let within = false;
    for (const turn of root.querySelectorAll(".page .turn")) {
      within ||= turn.dataset.turn === first;
      turn.classList.toggle("written", within);
      if (turn.dataset.turn === last) within = false;
    }
  }

  function save() {
    if (!editor() || editor().dataset.saving) return;
    clearTimeout(waiting);
    editor().dataset.saving = "1";
    mine = true;
    ask({ do: "note-save", ...held() });
  }

  /** Leave the editor; what was written waits as a draft. */
  function leave() {
    if (!editor()) return;
    clearTimeout(waiting);
    ask({ do: "note-draft", closed: true, ...held() });
    const { place } = editor().dataset;
    part("editor").replaceChildren();
    light();
    back(place && endsOf(place)[0]);
  }

  const send = (what) => ({ dataset: { note, key, stamp } }) => {
    mine = true;
    ask({ do: what, note, key, stamp });
  };
  const fresh = (place) => {
    mine = true;
    if (editor()) ask({ do: "note-draft", closed: true, ...held() });
    ask({ do: "note", place });
  };
  const actions = {
    "note-words": () => {
      fresh(float.dataset.place);
      page.getSelection().removeAllRanges();
    },
    "note-edit": (button) => {
      if (editor()) ask({ do: "note-draft", closed: true, ...held() });
      send("note-edit")(button);
    },
    "note-save": save,
    "note-cancel": () => {
      clearTimeout(waiting);
      ask({ do: "note-cancel", ...held() });
      const { place } = editor().dataset;
      part("editor").replaceChildren();
      back(place && endsOf(place)[0]);
    },
    tag: form.tag,
  };
  for (const what of ["open", "drop", "delete", "undo", "keep"]) actions[`note-${what}`] = send(`note-${what}`);
  for (const what of ["notes-try", "notes-copy"]) actions[what] = send(what);

  /** Pieces of text below a node, without our own buttons. */
  function pieces(node) {
    if (node.nodeType === 3) return [{ text: node.data }];
    if (node.matches?.("button, .along-notes")) return [];
    if (node.matches?.(".masked")) return [{ text: node.textContent, length: Number(node.dataset.length) }];
    return [...node.childNodes].flatMap(pieces);
  }

  /** The words of one turn that are selected; null if none are, or of several turns. */
  function selected() {
    const selection = page.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0).cloneRange();
    const of = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".turn .words");
    const line = of(range.startContainer) ?? of(range.endContainer);
    if (!line || !root.contains(line)) return null;
    const box = page.createRange();
    box.selectNodeContents(line);
    const rest = range.cloneRange();
    // A click thrice selects to the beginning of what follows.
    if (of(range.endContainer) !== line) {
      rest.setStart(line.parentElement, [...line.parentElement.childNodes].indexOf(line) + 1);
      if (rest.toString().trim()) return null;
      range.setEnd(box.endContainer, box.endOffset);
    }
    if (of(range.startContainer) !== line) range.setStart(box.startContainer, box.startOffset);
    const covered = (node) => node.parentElement?.closest(".masked");
    if (covered(range.startContainer)) range.setStartBefore(covered(range.startContainer));
    if (covered(range.endContainer)) range.setEndAfter(covered(range.endContainer));
    box.setEnd(range.startContainer, range.startOffset);
    const { turn } = line.closest(".turn").dataset;
    const place = stretchOf(turn, pieces(box.cloneContents()), pieces(range.cloneContents()));
    return place && { place, range };
  }

  /** Words are selected, or not any more: the button stands below the last of them. */
  function follow() {
    const found = root.dataset.projector === "1" ? null : selected();
    if (!found) return float.remove();
    const pane = root.querySelector(".page");
    const at = [...found.range.getClientRects()].at(-1);
    if (!at) return float.remove();
    float.dataset.place = found.place;
    if (!float.isConnected) pane.append(float);
    const box = pane.getBoundingClientRect();
    const left = Math.max(4, Math.min(at.right - box.left - 60, pane.clientWidth - float.offsetWidth - 4));
    float.style.left = `${left}px`;
    float.style.top = `${at.bottom - box.top + pane.scrollTop + 6}px`;
  }

  /** The focus goes to a note once it stands beside the turn. */
  function seek(id) {
    sought = id;
    aside();
    arrive();
  }

  function arrive() {
    const node = [...root.querySelectorAll(".noting .note")].find((n) => n.dataset.note === sought);
    if (!node) return;
    sought = "";
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest" });
  }

  /** A key in the editor or at a note; whether it was for them. */
  function key(event) {
    const inside = event.target.closest?.(".editor");
    if (inside && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      save();
      return true;
    }
    if (event.key === "Escape" && event.target.closest?.(".noting")) {
      event.stopPropagation();
      if (inside) leave();
      else back();
      return true;
    }
    if (event.target.getAttribute?.("role") === "option" && !event.ctrlKey && !event.altKey && !event.metaKey) {
      const all = options();
      const start = words.to < 0 ? { from: 0, to: 0 } : words;
      const rtl = getComputedStyle(event.target.parentElement).direction === "rtl";
      const first = words.to < 0 && /^(Space| |Enter)$/.test(event.key);
      const next = first ? start : chosen(start, event.key, event.shiftKey, all.length, rtl);
      if (next) {
        event.preventDefault();
        choose(next);
        all[next.to].focus();
        changed();
      }
      return Boolean(next) || event.key.startsWith("Arrow");
    }
    return Boolean(inside);
  }

  /** Something in the editor has changed: it is kept in the kernel a moment later. */
  function changed() {
    clearTimeout(waiting);
    waiting = setTimeout(() => editor() && ask({ do: "note-draft", ...held() }), 800);
  }

  function typed(target) {
    if (!target.closest?.(".editor")) return false;
    if (target.dataset.field === "tags") suggest();
    if (target.dataset.field === "on") {
      const pick = editor().querySelector(".pick");
      if (pick) pick.hidden = target.value !== "words";
    }
    changed();
    return true;
  }

  function click(event) {
    const option = event.target.closest('[role="option"]');
    if (option) {
      const at = options().indexOf(option);
      choose({ from: event.shiftKey && words.from >= 0 ? words.from : at, to: at });
      option.focus();
      changed();
      return true;
    }
    return false;
  }

  /** What the kernel has answered. */
  function answered(message) {
    if (message.write !== undefined && mine) write();
    if (message.write !== undefined || message.wrote) mine = false;
    if (message.refused !== undefined || message.trouble !== undefined) {
      if (editor()) form.refused(message.refused);
      if (editor() && message.refused !== undefined) field("text").focus();
    }
    if (sought) arrive();
    light();
  }

  float.addEventListener("mousedown", (event) => event.preventDefault()); // the words stay selected
  page.addEventListener("selectionchange", follow);
  const stop = () => {
    clearTimeout(waiting);
    page.removeEventListener("selectionchange", follow);
  };
  /** Whether the editor may be exchanged: this page asked for it, or nothing is written in it. */
  const free = () => mine || !editor();
  return { actions, pen, seek, key, typed, click, answered, fresh, editor, free, stop };
}

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib";
  root.setAttribute("aria-label", "Reader");
  el.append(root);

  // A panel in the Reader has parts of its own.
  const part = (name) =>
    [...root.querySelectorAll("[data-part]")].find(
      (p) => p.dataset.part === name && p.closest("section.readerlib") === root,
    );
  const one = (selector) => root.querySelector(selector);
  const turns = () => [...part("page").querySelectorAll(".turn")];
  const headings = () => [...part("page").querySelectorAll(".heading")];
  const ask = (wanted) => model.send(wanted);
  let here = null; // the turn that model.place names, as it stands on the page
  let beyond = { earlier: null, later: null, before: 0, after: 0, first: 0 }; // what this page leaves out
  let wanting = false; // a page has been asked for that goes on where this one ends
  let number = 0; // of this page, among all that were sent
  let anchor = ""; // where a range of turns begins
  let anchorRow = 0;
  let waiting = 0;
  let settled = "";
  let opener = null; // the button that opened the panel
  let acted = false; // whether the reader has done anything yet
  let passing = false; // the tab key has gone by the line above the turns: they are where they were
  const ends = new Set(); // conversations whose end was seen
  const notes = noting({ root, ask, part, aside, back });

  function put(node, html) {
    node.innerHTML = html; // rendered and escaped by render.py
  }

  /** Exchange a part; what was copied of this place stays in sight, and the focus where it was. */
  function renew(name, html) {
    const old = part(name);
    if (!old) return;
    if (name === "unsaved") old.hidden = !html;
    const copied = old.querySelector(".taken:not([hidden])");
    const { what } = (old.contains(document.activeElement) && document.activeElement.dataset) || {};
    put(old, html);
    if (copied && copied.dataset.place === model.get("place")) {
      old.querySelector(".taken")?.replaceWith(copied);
    }
    if (what) [...old.querySelectorAll("[data-what]")].find((b) => b.dataset.what === what)?.focus();
  }

  /** Whether the tab key stops at a turn and at its buttons. */
  function tabbed(turn, index) {
    for (const stop of [turn, ...turn.querySelectorAll("button, summary")]) stop.tabIndex = index;
  }

  /** Make a turn the place: named in the head, the one stop of the tab key among the turns. */
  function stand(turn, tell = true, extend = false) {
    if (!turn) return;
    if (!extend) {
      anchor = turn.dataset.turn;
      anchorRow = Number(turn.dataset.row);
    }
    if (here?.isConnected) {
      tabbed(here, -1);
      here.removeAttribute("aria-current");
    }
    for (const item of root.querySelectorAll("li.now")) item.classList.remove("now", "before");
    here = turn;
    here.closest("li").classList.add("now");
    const before = here.closest("li").previousElementSibling;
    if (before?.querySelector(".turn")) before.classList.add("now", "before");
    tabbed(here, 0);
    here.setAttribute("aria-current", "true");
    penned();
    part("where").textContent = here.dataset.place;
    const talk = headingOf(here)?.dataset.conversation;
    if (talk) part("contents").value = talk;
    const all = headings();
    const at = all.findIndex((heading) => heading.dataset.conversation === talk);
    for (const button of root.querySelectorAll('[data-do="chapter"]')) {
      const to = at + Number(button.dataset.step);
      button.disabled = !all[to] && (to < 0 ? beyond.earlier : beyond.later) === null;
    }
    if (beyond.before + beyond.after) along(numberOf(here));
    if (tell) ended();
    const place = range(anchor, here.dataset.turn);
    if (tell && model.get("place") !== place) {
      model.set("place", place);
      model.save_changes();
    }
  }

  /** Put the button for a note on the turn where the reader is; there is none behind a notice. */
  function penned() {
    if (!part("noting") || here.classList.contains("veil")) return notes.pen.remove();
    if (notes.pen.parentElement !== here) here.append(notes.pen);
    notes.pen.tabIndex = 0;
  }

  /** Exchange what turns say, since notes on them have changed. */
  function renote(noted) {
    for (const [row, html] of Object.entries(noted)) {
      const turn = root.querySelector(`.turn[data-row="${row}"]`);
      const line = turn?.querySelector(".words");
      if (!line) continue;
      const hit = [...line.querySelectorAll("mark:not(.noted)")].indexOf(one("mark.current"));
      const focused = line.contains(document.activeElement);
      put(line, html);
      tabbed(turn, turn === here ? 0 : -1);
      if (hit >= 0) line.querySelectorAll("mark:not(.noted)")[hit]?.classList.add("current");
      if (focused) turn.focus({ preventScroll: true });
    }
  }

  /** The focus goes back to a turn, or to where the reader is. */
  function back(id) {
    const turn = turns().find((one) => one.dataset.turn === id) ?? (here?.isConnected ? here : null);
    turn?.focus({ preventScroll: true });
    if (turn) reach(turn);
  }

  /** Show what stands beside the turn, and let it stay however narrow the window becomes. */
  function aside() {
    root.dataset.about = "on";
    one(".info").setAttribute("aria-expanded", "true");
  }

  /** What had the focus is gone: the next key would go to the notebook. */
  function refocus(was) {
    if (!was || root.contains(document.activeElement)) return;
    const { do: what, note, key } = was.dataset;
    const same = [...root.querySelectorAll(`.noting [data-do]`)].find(
      ({ dataset }) => dataset.do === what && dataset.note === note && dataset.key === key,
    );
    const next = same ?? one('.noting [data-do="note-undo"]') ?? one(".noting .write");
    if (next?.offsetParent) next.focus({ preventScroll: true });
    else back();
  }

  /** The number of a turn among those that are selected, from 0. */
  function numberOf(turn) {
    let number = beyond.first - 1;
    for (const each of turns()) {
      // A line behind a notice stands for several.
      if (!each.classList.contains("beside")) number += each === turn ? 1 : Number(each.dataset.count ?? 1);
      if (each === turn) break;
    }
    return Math.max(number, 0);
  }

  /** Say where among all turns the reader is, as the rail shows it. */
  function along(number) {
    const rail = one(".rail");
    const all = Number(rail.max) + 1;
    rail.value = String(number);
    const said = `${(number + 1).toLocaleString("en")} of ${all.toLocaleString("en")}`;
    rail.setAttribute("aria-valuetext", `turn ${said}`);
    rail.nextElementSibling.textContent = said;
  }

  /** Mark the turns from one to another, in the order of the page; the spelling of the place. */
  function range(one, other) {
    const all = turns();
    const at = [one, other].map((id) => all.findIndex((turn) => turn.dataset.turn === id));
    // A range may have begun on another page.
    if (at[0] < 0 && one === anchor) at[0] = anchorRow < Number(all[at[1]].dataset.row) ? -1 : all.length;
    else if (at.includes(-1)) at.fill(Math.max(...at));
    const [first, last] = at.sort((a, b) => a - b);
    all.forEach((turn, i) => {
      turn.classList.toggle("within", last > first && i >= first && i <= last);
    });
    return placeOf(all[first]?.dataset.turn ?? one, all[last]?.dataset.turn ?? one);
  }

  function headingOf(turn) {
    let item = turn.closest("li");
    while (item && !item.classList.contains("heading")) item = item.previousElementSibling;
    return item;
  }

  /** Bring `node` to the upper part of the page, without moving the notebook around it. */
  function bring(node, share = 0) {
    const page = one(".page");
    const down = node.getBoundingClientRect().top - page.getBoundingClientRect().top;
    page.scrollTop += down - page.clientHeight * share;
  }

  /** Bring the turn into sight if it is not wholly there. */
  function reach(turn) {
    const [box, pane] = [turn, one(".page")].map((node) => node.getBoundingClientRect());
    if (box.top < pane.top || box.bottom > pane.bottom) bring(turn, 0.3);
  }

  function goTo(talk) {
    const heading = headings().find((item) => item.dataset.conversation === talk);
    if (!heading) return;
    bring(heading);
    let item = heading.nextElementSibling;
    while (item && !item.querySelector(".turn")) item = item.nextElementSibling;
    stand(item?.querySelector(".turn"));
  }

  function show(message) {
    if (message.frame !== undefined && !root.firstChild) {
      put(root, message.frame);
      looked();
      // Several Readers on a page are told apart by their number.
      const others = root.ownerDocument.querySelectorAll("section.readerlib[data-number]").length;
      root.dataset.number = String(others + 1);
      root.setAttribute("aria-label", others ? `Reader ${others + 1}` : "Reader");
      laidOut.observe(part("page"));
    }
    if (!root.firstChild) return;
    const trouble = one(".trouble");
    trouble.hidden = message.trouble === undefined;
    trouble.textContent = message.trouble ?? "";
    if (message.copy !== undefined) take(message.copy);
    const was = root.contains(document.activeElement) ? document.activeElement : null;
    if (message.noted) renote(message.noted);
    if (message.parts && message.parts.page === undefined) {
      const editor = message.wrote && notes.editor();
      for (const [name, html] of Object.entries(message.parts)) {
        if (name !== "editor" || notes.free()) renew(name, html);
      }
      if (editor && was && editor.contains(was)) back(endsOf(editor.dataset.place)[0]);
      const talk = message.parts.contents !== undefined && here && headingOf(here)?.dataset.conversation;
      if (talk) part("contents").value = talk;
    }
    if (message.stopped !== undefined) {
      root.dataset.stopped = message.stopped ? "1" : "0";
      if (message.stopped) part("quiet").focus();
      else back(here?.dataset.turn);
      return;
    }
    notes.answered(message);
    if (!message.parts?.page) return refocus(was);
    const held = root.contains(document.activeElement) ? { ...document.activeElement.dataset } : {};
    const inTurns = part("page").contains(document.activeElement);
    const groups = new Map(
      [...part("facets").querySelectorAll("details")].map((d) => [d.dataset.group, d.open]),
    );
    const held_at = message.hold ? topmost() : null;
    const hitNow = message.hold && one("mark.current");
    const marksOf = (row) => root.querySelectorAll(`.turn[data-row="${row}"] mark:not(.noted)`);
    const hitRow = hitNow ? hitNow.closest(".turn").dataset.row : "";
    const hitAt = hitNow ? [...marksOf(hitRow)].indexOf(hitNow) : -1;
    const typing = new Map(
      [...part("facets").querySelectorAll(".narrow")].map((n) => [groupOf(n), n.value]),
    );
    for (const [name, html] of Object.entries(message.parts)) renew(name, html);
    for (const turn of turns()) tabbed(turn, -1);
    for (const narrow of part("facets").querySelectorAll(".narrow")) {
      const typed = typing.get(groupOf(narrow));
      if (typed && !narrow.value) narrowed(narrow, typed);
    }
    for (const group of part("facets").querySelectorAll("details")) {
      group.open = groups.get(group.dataset.group) ?? group.open;
    }
    const search = one(".search");
    if (document.activeElement !== search) search.value = message.find;
    one(".hits").hidden = !message.find;
    root.dataset.lines = message.lines ? "1" : "0";
    part("notices").hidden = !message.noticed;
    const filters = one(".filters");
    filters.textContent = message.chosen ? `Filters (${message.chosen})` : "Filters";
    const { earlier, later, before: left, after: right, first } = message;
    beyond = { earlier, later, before: left, after: right, first };
    wanting = false;
    number = message.number;
    one(".along").hidden = !(left + right) || message.lines;
    one(".rail").max = String(Math.max(message.of - 1, 0));
    here = null;
    const turn = turns().find((t) => t.dataset.turn === message.turn);
    if (message.heading) goTo(message.heading);
    else if (held_at) {
      const same = turns().find((t) => t.dataset.row === held_at.row);
      if (same) one(".page").scrollTop += same.getBoundingClientRect().top - held_at.top;
      const stood = turns().find((t) => t.dataset.turn === held_at.turn);
      stand(stood ?? same ?? turns()[0], true, Boolean(stood));
    } else if (turn) {
      const before = turn.closest("li").previousElementSibling;
      if (!before?.classList.contains("heading")) bring(turn, 0.2);
      else if (before.previousElementSibling) bring(before);
      else one(".page").scrollTop = 0;
      stand(turn, message.go, message.extend);
      const [start, end] = endsOf(model.get("place"));
      if (start === message.turn && end !== start) range(start, end);
    } else one(".page").scrollTop = 0;
    if (hitAt >= 0) marksOf(hitRow)[hitAt]?.classList.add("current");
    if (message.hit && turn) {
      const marks = [...turn.querySelectorAll("mark:not(.noted)")];
      atHit(message.hit > 0 ? marks[0] : marks.at(-1));
    }
    if (message.focus || (inTurns && turn)) (message.hold ? here : turn)?.focus({ preventScroll: true });
    else if (held.facet !== undefined) {
      const boxes = [...part("facets").querySelectorAll("input")];
      boxes.find((b) => b.dataset.facet === held.facet && b.dataset.value === held.value)?.focus();
    }
  }

  const groupOf = (node) => node.closest("details").dataset.group;

  /** The turn at the upper edge of the page and how far down it is; and the turn one stands at. */
  function topmost() {
    const all = turns();
    const tops = all.map((turn) => turn.getBoundingClientRect().top);
    const at = atEdge(tops, one(".page").getBoundingClientRect().top + 24);
    return all[at] && { row: all[at].dataset.row, top: tops[at], turn: here?.dataset.turn };
  }

  /** List only the values of a facet that hold what was typed. */
  function narrowed(field, typed) {
    if (field.value !== typed) field.value = typed;
    const facet = groupOf(field);
    if (field.dataset.more) return ask({ do: "narrow", facet, typed });
    const wanted = typed.toLowerCase();
    for (const label of field.parentElement.querySelectorAll("label")) {
      label.hidden = !label.textContent.toLowerCase().includes(wanted);
    }
  }

  function unfold(button, panel) {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
  }

  function setDisplay(name, value) {
    model.set("display", withSetting(model.get("display"), name, value));
    model.save_changes();
  }

  /** Go to the next or the previous turn, as the projector shows them one by one. */
  function walk(step) {
    const all = turns();
    const to = all[all.indexOf(here) + step];
    if (!to) return past(here, step);
    stand(to);
    to.focus({ preventScroll: true });
    reach(to);
  }

  /** Go on to a turn that is behind the end of this page, or before its beginning. */
  function past(turn, step, extend = false) {
    if (!turn || !(step < 0 ? beyond.before : beyond.after)) return;
    // A line that stands for several turns behind a notice is left at its far end.
    const row = Number(turn.dataset.row) + (step > 0 ? Number(turn.dataset.count ?? 1) - 1 : 0);
    ask({ do: "beyond", row, step, extend });
  }

  /** Put a text on the clipboard, and show it: where the clipboard is shut it is copied by hand. */
  async function take(text) {
    const taken = one(".taken");
    taken.hidden = false;
    taken.dataset.place = model.get("place");
    taken.querySelector("textarea").value = text;
    let said = "Copied.";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      said = "To copy: select it and press Ctrl+C.";
    }
    taken.querySelector("p").textContent = said;
  }

  function hit(step) {
    const marks = [...part("page").querySelectorAll(".turn:not(.beside) mark:not(.noted)")];
    let at = marks.indexOf(one("mark.current"));
    if (at < 0 && here?.isConnected) {
      // Not begun yet: on from the turn where the reader is, or back from it.
      const on = marks.findIndex((mark) => here.compareDocumentPosition(mark) & 4);
      at = step > 0 ? on - 1 : on;
      if (on < 0) at = step > 0 ? marks.length - 1 : marks.length;
    }
    const leaves = !marks[at + step];
    if (leaves && beyond.before + beyond.after) {
      const edge = turns().at(step > 0 ? -1 : 0);
      const row = Number(edge.dataset.row) + (step > 0 ? Number(edge.dataset.count ?? 1) : 0);
      return ask({ do: "hit", row, step });
    }
    atHit(marks.at((at + step) % marks.length));
  }

  function atHit(mark) {
    if (!mark) return;
    one("mark.current")?.classList.remove("current");
    mark.classList.add("current");
    stand(mark.closest(".turn"));
    reach(here);
  }

  /** Another width or text size lays the page out anew: stay at the same turn. */
  function settle() {
    const layout = `${one(".page").clientWidth} ${model.get("display")}`;
    if (layout === settled) return false;
    settled = layout;
    if (here?.isConnected && one(".page").scrollTop > 0) reach(here);
    return true;
  }

  /** Tell, once of each conversation, that its last turn was in sight. */
  function ended() {
    if (!acted) return;
    const pane = one(".page").getBoundingClientRect();
    const lasts = headings().slice(1).map((heading) => heading.previousElementSibling);
    if (!beyond.after) lasts.push(part("page").querySelector("ol > li:last-child"));
    for (const item of lasts) {
      const turn = item?.querySelector(".turn");
      if (!turn || ends.has(turn.dataset.turn)) continue;
      const box = turn.getBoundingClientRect();
      if (!box.height || box.bottom > pane.bottom + 4 || box.bottom < pane.top) continue;
      ends.add(turn.dataset.turn);
      ask({ do: "seen", row: Number(turn.dataset.row) + Number(turn.dataset.count ?? 1) - 1 });
    }
  }

  function scrolled() {
    waiting = 0;
    if (settle()) return;
    const all = turns();
    goOn();
    ended();
    const pane = one(".page").getBoundingClientRect();
    if (passing) return;
    if (here?.isConnected) {
      const box = here.getBoundingClientRect();
      if (box.bottom > pane.top && box.top < pane.bottom) return;
    }
    const tops = all.map((turn) => turn.getBoundingClientRect().top);
    stand(all[atEdge(tops, pane.top + 24)]);
  }

  /** Near the end of a page that is not the last, or its beginning: ask for the page around here. */
  function goOn() {
    const page = one(".page");
    const near = page.clientHeight;
    const up = beyond.before && page.scrollTop < near;
    const down = beyond.after && page.scrollHeight - page.scrollTop - page.clientHeight < near;
    if (wanting || root.dataset.lines === "1" || !(up || down)) return;
    wanting = true;
    ask({ do: "window", row: topmost().row, number });
  }

  /** Open or close a panel; when it closes, the focus goes back to the button. */
  function unfolded(what, button) {
    opener = button;
    ask({ do: what });
  }

  /** Go from a turn to one of its notes. */
  function toNotes(turn, id) {
    stand(turn);
    notes.seek(id);
  }

  const actions = {
    reset: () => ask({ do: "reset" }),
    open: (button) => ask({ do: "open", row: button.dataset.row }),
    context: (button) => ask({ do: "context", turn: button.closest(".turn").dataset.turn }),
    reveal: (button) => ask({ do: "reveal", row: button.dataset.row, last: button.dataset.last }),
    "reveal-chapter": (button) => ask({ do: "reveal-chapter", row: button.dataset.row }),
    "reveal-topic": ({ dataset: { topic, row } }) => ask({ do: "reveal-topic", topic, row }),
    veil: (button) => ask({ do: "veil", row: button.dataset.row }),
    notices: () => ask({ do: "notices" }),
    skip: (button) => {
      const all = turns();
      const next = all[all.indexOf(button.closest(".turn")) + 1];
      next?.focus({ preventScroll: true });
      if (next) reach(next);
    },
    hit: (button) => hit(Number(button.dataset.step)),
    chapter: (button) => {
      const step = Number(button.dataset.step);
      const all = headings();
      const to = all[all.indexOf(here && headingOf(here)) + step];
      if (to) return goTo(to.dataset.conversation);
      const row = step < 0 ? beyond.earlier : beyond.later;
      if (row !== null) ask({ do: "go", row });
    },
    looks: (button) => unfold(button, one(".looks")),
    help: (button) => unfold(button, one(".help")),
    lines: (button) => ask({ do: "lines", sort: button.dataset.sort }),
    line: (button) => ask({ do: "line", turn: button.dataset.turn }),
    copy: ({ dataset: { what }, parentElement }) => {
      ask({ do: "copy", what: what === "cite" ? parentElement.querySelector("select").value : what });
    },
    unchip: ({ dataset: { facet, value } }) => ask({ do: "toggle", facet, value }),
    without: (button) => ask({ do: "without", term: button.dataset.term }),
    step: (button) => ask({ do: "step", step: button.dataset.step }),
    turn: (button) => walk(Number(button.dataset.step)),
    leave: () => setDisplay("projector", "0"),
    // What is synced may come later than this.
    stop: () => ask({ do: "stop", place: model.get("place") }),
    "go-on": () => ask({ do: "go-on" }),
    again: () => ask({ do: "again" }),
    "again-close": () => ask({ do: "again-close" }),
    about: (button) => {
      const shown = one(".about").offsetParent !== null;
      root.dataset.about = shown ? "off" : "on";
      button.setAttribute("aria-expanded", String(!shown));
      if (!shown) one(".about").scrollIntoView({ block: "nearest" });
    },
    to: (button) => {
      const turn = turns().find((t) => t.dataset.turn === button.dataset.turn);
      if (!turn) return ask({ do: "to", turn: button.dataset.turn });
      turn.focus({ preventScroll: true });
      reach(turn);
    },
    attach: (button) => unfolded("attach", button),
    notes: (button) => unfolded("notes", button),
    close: () => ask({ do: "close" }),
    note: (button) => {
      const turn = button.closest(".turn");
      const [first, last] = endsOf(model.get("place"));
      const whole = !turn || [first, last].includes(turn.dataset.turn) || turn.classList.contains("within");
      notes.fresh(whole ? placeOf(first, last) : placeOf(turn.dataset.turn, turn.dataset.turn));
    },
    "to-notes": (button) => toNotes(button.closest(".turn"), button.dataset.note),
    ...notes.actions,
    filters: (button) => {
      button.setAttribute("aria-expanded", String(root.classList.toggle("open")));
    },
  };

  /** Whether an event is of the panel in the Reader, and the panel's own to answer. */
  const another = (event) => event.target.closest?.("section.readerlib") !== root;

  for (const done of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    root.addEventListener(done, () => (acted = true), { passive: true, capture: true });
  }
  for (const done of ["pointerdown", "wheel", "touchmove"]) {
    root.addEventListener(done, () => (passing = false), { passive: true, capture: true });
  }
  root.addEventListener("click", (event) => {
    if (another(event)) return;
    const button = event.target.closest("[data-do]");
    if (button) return actions[button.dataset.do](button);
    if (notes.click(event)) return;
    const turn = event.target.closest(".turn");
    const noted = event.target.closest(".turn mark.noted");
    if (noted && !event.shiftKey && root.ownerDocument.getSelection().isCollapsed && part("noting")) {
      return toNotes(turn, noted.dataset.notes.split(" ").at(-1));
    }
    if (turn) stand(turn, true, event.shiftKey);
  });
  root.addEventListener("copy", (event) => {
    // Words that are copied by hand take their place and source along.
    const selected = root.ownerDocument.getSelection();
    const turn = selected.anchorNode?.parentElement?.closest(".turn");
    if (another(event) || !turn || selected.isCollapsed) return;
    const by = turn.getAttribute("aria-label");
    const summary = turn.querySelector(".gist") ? " (a summary, not the words)" : "";
    const credit = headingOf(turn)?.dataset.credit ?? "";
    event.clipboardData.setData(
      "text/plain",
      `${selected}\n\n— ${by}${summary}. ${credit} (${turn.dataset.turn})`,
    );
    event.preventDefault();
  });
  root.addEventListener("change", (event) => {
    if (another(event)) return;
    const { facet, value, display } = event.target.dataset;
    if (notes.typed(event.target)) return;
    if (display) {
      const { type, checked, value: chosen } = event.target;
      setDisplay(display, type === "checkbox" && !checked ? "0" : chosen);
    } else if (facet !== undefined) ask({ do: "toggle", facet, value });
    else if (event.target === one(".search")) ask({ do: "find", query: event.target.value });
    else if (event.target === one(".rail")) ask({ do: "nth", number: event.target.value });
    else if (event.target === part("contents")) {
      const { value: talk, selectedOptions } = event.target;
      if (headings().some((item) => item.dataset.conversation === talk)) return goTo(talk);
      ask({ do: "go", row: selectedOptions[0].dataset.row });
    }
  });
  root.addEventListener("input", (event) => {
    if (another(event) || notes.typed(event.target)) return;
    if (event.target.classList.contains("narrow")) return narrowed(event.target, event.target.value);
    if (event.target === one(".rail")) return along(Number(event.target.value));
    // The cross of a search field empties it without a change.
    if (event.target === one(".search") && !event.target.value) ask({ do: "find", query: "" });
  });
  root.addEventListener("keydown", (event) => {
    if (another(event) || notes.key(event)) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && event.target === one(".search")) {
      return ask({ do: "find", query: event.target.value });
    }
    const turn = document.activeElement?.closest?.(".turn");
    if (!turn || !root.contains(turn)) return;
    if (root.dataset.projector === "1") {
      const step = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
      if (event.key === "Escape") return setDisplay("projector", "0");
      if (step[event.key]) {
        event.preventDefault();
        return walk(step[event.key]);
      }
    }
    if (event.key === "Escape") return turn.blur();
    if (event.key === "Enter" && event.target === turn) {
      turn.querySelector('[data-do="reveal"], [data-do="context"]')?.click();
      return;
    }
    const all = turns();
    const at = all.indexOf(turn);
    const to = moved(at, event.key, all.length);
    if (to < 0) return;
    event.preventDefault();
    if (event.key === "Home" && beyond.before) return ask({ do: "nth", number: 0, focus: true });
    if (event.key === "End" && beyond.after) {
      return ask({ do: "nth", number: one(".rail").max, focus: true });
    }
    const on = over(at, event.key, all.length);
    // Ten turns on are ten, wherever the page ends.
    if (on && (on < 0 ? beyond.before : beyond.after)) return past(all[to], on, event.shiftKey);
    if (to === at) return;
    stand(all[to], true, event.shiftKey);
    here.focus({ preventScroll: true });
    reach(here);
  });
  root.addEventListener("focusin", (event) => {
    // JupyterLab looks for this mark from the focused element upwards, and its shortcuts for
    // ":focus" match before it comes to the root: each element that gets the focus wears it.
    event.target.dataset.lmSuppressShortcuts = "true";
    const turn = event.target;
    if (turn.closest?.(".turn")) passing = false;
    else if (part("attach")?.contains(turn)) passing = true;
    if (turn.classList?.contains("turn") && turn !== here) stand(turn);
  });
  root.addEventListener(
    "scroll",
    (event) => {
      if (event.target !== one(".page") || waiting) return;
      waiting = requestAnimationFrame(scrolled);
    },
    true,
  );

  const laidOut = new ResizeObserver(settle);

  const looked = () => {
    const settings = new URLSearchParams(model.get("display"));
    for (const [name, usual] of Object.entries(USUAL)) {
      const value = settings.get(name) ?? usual;
      root.dataset[name] = value;
      for (const input of root.querySelectorAll(`[data-display="${name}"]`)) {
        input.checked = input.value === value;
      }
    }
    if (here) reach(here);
  };
  const placed = () => {
    if (!root.firstChild || !model.get("place")) return;
    const [first, last] = endsOf(model.get("place"));
    const all = turns();
    const turn = all.find((t) => t.dataset.turn === first);
    if (!turn || [anchor, here?.dataset.turn].includes(first)) return;
    stand(turn, false);
    reach(turn);
    if (last !== first) range(first, last);
  };
  const panelled = async () => {
    const slot = one(".slot");
    const id = model.get("panel");
    const left = !id && slot.contains(root.ownerDocument.activeElement);
    slot.lastElementChild.replaceChildren();
    slot.hidden = !id;
    for (const button of root.querySelectorAll('[data-do="notes"]')) {
      button.setAttribute("aria-expanded", String(Boolean(id) && opener === button));
    }
    if (left) (opener?.isConnected ? opener : one(".info")).focus({ preventScroll: true });
    if (!id) return;
    const panel = await model.widget_manager.get_model(id.replace("IPY_MODEL_", ""));
    const view = await model.widget_manager.create_view(panel);
    slot.lastElementChild.append(view.el);
    slot.scrollIntoView({ block: "nearest" });
    slot.querySelector("button").focus({ preventScroll: true });
  };
  looked();
  model.on("change:panel", panelled);
  model.on("msg:custom", show);
  model.on("change:place", placed);
  model.on("change:display", looked);
  ask({ do: "ready" });
  return () => {
    notes.stop();
    laidOut.disconnect();
    cancelAnimationFrame(waiting);
    model.off("change:panel", panelled);
    model.off("msg:custom", show);
    model.off("change:place", placed);
    model.off("change:display", looked);
    // Whoever still holds the element of a closed view holds nothing that was in it.
    here = null;
    root.remove();
    root.replaceChildren();
  };
}

export default { render };
