// @ts-check
// The gestures of a comparison.
//
// In:  messages {frame} (once), {parts: {name: html}, first, of, number, …} and {trouble}; the
//      traits place and display.  All HTML comes from render/.
// Out: the trait place (a turn's id), and messages {do: "ready" | "set" | "swap" | "add" |
//      "remove" | "reset" | "window" | "reveal" | "veil" | "notices" | "turn" | "attach"}.

/**
 * Where a key moves to from a stop: {row, side, item}, by how many stops each cell has.
 * A row beyond the page is given as -1 or as the number of rows; null if the key moves nowhere.
 */
export function moved(at, key, cells) {
  const last = cells.length - 1;
  const sideways = { ArrowRight: 1, ArrowLeft: -1 }[key];
  const rows = { PageDown: 10, PageUp: -10 }[key];
  if (key === "Home") return { row: 0, side: at.side, item: 0 };
  if (key === "End") return { row: last, side: at.side, item: 0 };
  if (rows) {
    const beyond = at.row === (rows < 0 ? 0 : last);
    const row = beyond ? at.row + Math.sign(rows) : Math.max(0, Math.min(last, at.row + rows));
    return { row, side: at.side, item: 0 };
  }
  if (sideways) {
    const side = at.side + sideways;
    return cells[at.row][side] === undefined ? { ...at } : { row: at.row, side, item: 0 };
  }
  if (key === "ArrowDown") {
    if (at.item + 1 < cells[at.row][at.side]) return { ...at, item: at.item + 1 };
    return { row: at.row + 1, side: at.side, item: 0 };
  }
  if (key === "ArrowUp") {
    if (at.item > 0) return { ...at, item: at.item - 1 };
    const above = cells[at.row - 1]?.[at.side] ?? 1;
    return { row: at.row - 1, side: at.side, item: above - 1 };
  }
  return null;
}

/** The last of the ascending `tops` that is not below `edge`; the first if all are. */
export function atEdge(tops, edge) {
  const at = tops.findLastIndex((top) => top <= edge);
  return Math.max(0, at);
}

/** What goes to the clipboard for words that are copied by hand: each turn with its source. */
export function credited(words, turns) {
  const lines = turns.map(
    ({ by, summary, credit, turn }) =>
      `— ${by}${summary ? " (a summary, not the words)" : ""}. ${credit} (${turn})`,
  );
  return `${words}\n\n${lines.join("\n")}`;
}

const USUAL = { letters: "serif", size: "0" };

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib comparison";
  root.setAttribute("aria-label", "Side by side");
  el.append(root);

  const one = (selector) => root.querySelector(selector);
  const part = (name) => one(`[data-part="${name}"]`);
  const rows = () => [...root.querySelectorAll(".row")];
  const ask = (wanted) => model.send(wanted);
  let here = null; // the turn or the empty cell where the reader is
  let span = { first: 0, of: 0 }; // which of all rows stand here
  let waiting = 0;
  let dressed = null;

  function put(node, html) {
    node.innerHTML = html; // rendered and escaped by render/
  }

  /** The stops of a cell: its turns, or itself where there is none. */
  function stops(cell) {
    const turns = [...cell.querySelectorAll(".turn")];
    return turns.length ? turns : [cell];
  }

  /** Row, side and number of a stop on this page. */
  function placeOf(stop) {
    const cell = stop.closest(".cell");
    const row = rows().indexOf(cell.closest(".row"));
    return { row, side: Number(cell.dataset.side), item: stops(cell).indexOf(stop) };
  }

  const stopAt = ({ row, side, item }) => stops(rows()[row].querySelectorAll(".cell")[side])[item];

  /** Whether the tab key stops at a turn and at its buttons. */
  function tabbed(stop, index) {
    for (const each of [stop, ...stop.querySelectorAll("button, summary")]) each.tabIndex = index;
  }

  /** Make a stop the one of the tab key; its turn is the place. */
  function stand(stop, tell = true) {
    if (!stop) return;
    if (here?.isConnected) {
      tabbed(here, -1);
      here.removeAttribute("aria-current");
    }
    here = stop;
    tabbed(here, 0);
    here.setAttribute("aria-current", "true");
    along(Number(here.closest(".row").dataset.number));
    const turn = here.dataset.turn ?? here.closest(".row").querySelector(".turn")?.dataset.turn;
    if (tell && turn && model.get("place") !== placed(turn)) {
      model.set("place", placed(turn));
      model.save_changes();
    }
  }

  /** The spelling of the place that a turn is. */
  function placed(turn) {
    const code = (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
    const plain = encodeURIComponent(turn).replace(/[!'()*]/g, code);
    return /^\.|\.\.|\.$/.test(plain) ? plain.replaceAll(".", "%2E") : plain;
  }

  /** Say where among all rows the reader is. */
  function along(number) {
    const rail = one(".rail");
    rail.value = String(number);
    const said = `${(number + 1).toLocaleString("en")} of ${span.of.toLocaleString("en")}`;
    rail.setAttribute("aria-valuetext", `row ${said}`);
    rail.nextElementSibling.textContent = said;
  }

  /** How far the heads reach over the rows. */
  const covered = () => {
    const heads = one(".heads");
    return heads && getComputedStyle(heads).position === "sticky" ? heads.offsetHeight : 0;
  };

  /** Bring `node` to the upper part of the page, without moving the notebook around it. */
  function bring(node, share = 0) {
    const page = one(".page");
    page.scrollTop += below(node) - page.clientHeight * share;
  }

  /** Bring a stop into sight if it is not wholly there. */
  function reach(stop) {
    const [box, pane] = [stop, one(".page")].map((node) => node.getBoundingClientRect());
    if (box.top < pane.top + covered() || box.bottom > pane.bottom) bring(stop.closest(".row"), 0.1);
  }

  /** How far below the heads something begins. */
  const below = (node) =>
    node.getBoundingClientRect().top - one(".page").getBoundingClientRect().top - covered();

  /** The row at the upper edge of the page, and how far down it is. */
  function topmost() {
    const all = rows();
    const row = all[atEdge(all.map(below), 24)];
    return row && { row, number: row.dataset.number, top: below(row) };
  }

  function show(message) {
    if (message.frame !== undefined && !root.firstChild) {
      put(root, message.frame);
      looked();
    }
    if (!root.firstChild) return;
    dress();
    const trouble = one(".trouble");
    trouble.hidden = message.trouble === undefined;
    trouble.textContent = message.trouble ?? "";
    if (!message.parts) return restore();
    const active = document.activeElement;
    const inRows = part("page").contains(active);
    const held = message.hold ? topmost() : null;
    const side = message.side ?? (here?.isConnected ? placeOf(here).side : 0);
    const kept = here?.isConnected && message.hold ? { ...here.dataset, ...placeOf(here) } : null;
    const removed = root.contains(active) && active.dataset.do;
    for (const [name, html] of Object.entries(message.parts)) put(part(name), html);
    span = { first: message.first, of: message.of };
    const all = rows();
    one(".along").hidden = message.of <= all.length;
    one(".rail").max = String(Math.max(message.of - 1, 0));
    for (const button of root.querySelectorAll('.along [data-do="page"]')) {
      const back = Number(button.dataset.step) < 0;
      button.disabled = back ? span.first === 0 : span.first + all.length >= span.of;
    }
    one('[data-do="add"]').disabled = message.sides >= message.most;
    part("notices").hidden = !message.noticed;
    settings = { marks: message.marks, choosers: message.choosers };
    restore();
    here = null;
    for (const stop of root.querySelectorAll(".turn")) tabbed(stop, -1);
    if (!all.length) return;
    const number = message.hold ? (kept ? span.first + kept.row : span.first) : message.number;
    const row = all.find((each) => Number(each.dataset.number) === number) ?? all[0];
    const cell = row.querySelectorAll(".cell")[Math.min(side, message.sides - 1)];
    const wanted = message.turn ?? kept?.turn;
    const stop = stops(cell).find((each) => each.dataset.turn === wanted);
    stand(stop ?? stops(cell).at(message.end ? -1 : 0), !message.hold);
    if (held) {
      const same = all.find((each) => each.dataset.number === held.number);
      if (same) one(".page").scrollTop += below(same) - held.top;
    } else if (row === all[0]) one(".page").scrollTop = 0;
    else bring(row);
    if (message.focus || inRows) {
      here.focus({ preventScroll: true });
      reach(here);
    } else if (removed && !root.contains(document.activeElement)) {
      (one(`[data-do="${removed}"]`) ?? one('[data-do="add"]'))?.focus({ preventScroll: true });
    }
  }

  let settings = { marks: "", choosers: "some" };

  /** Let the choosers show what holds, also after a choice that was refused. */
  function restore() {
    for (const [name, value] of Object.entries(settings)) {
      one(`select[data-set="${name}"]`).value = value;
    }
    const chosen = part("ways").querySelector("[selected]");
    if (chosen) part("ways").value = chosen.value;
    looked();
  }

  /** Name the rows of stock controls above, and keep the notebook's shortcuts off them. */
  function dress() {
    const box = root.closest(".comparing");
    if (!box || dressed) return;
    const name = () => {
      for (const row of box.querySelectorAll(".side-choosers:not([role])")) row.setAttribute("role", "group");
      for (const row of box.querySelectorAll(".side-choosers")) {
        const said = `Choose: ${row.querySelector(".side-name")?.textContent ?? ""}`;
        if (row.getAttribute("aria-label") !== said) row.setAttribute("aria-label", said);
      }
    };
    const watch = new MutationObserver(name);
    watch.observe(box.querySelector(".choosers") ?? box, { childList: true, subtree: true });
    box.addEventListener("focusin", suppress);
    name();
    dressed = () => {
      watch.disconnect();
      box.removeEventListener("focusin", suppress);
    };
  }

  function suppress(event) {
    // As in reader.js: JupyterLab's shortcuts look at the focused element itself.
    event.target.dataset.lmSuppressShortcuts = "true";
  }

  function unfold(button, panel) {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
  }

  /** What a message says of a turn in its cell. */
  function target(button) {
    const turn = button.closest(".turn");
    const cell = turn.closest(".cell");
    const { number } = cell.closest(".row").dataset;
    return { turn: turn.dataset.turn, side: Number(cell.dataset.side), number, focus: true };
  }

  const actions = {
    swap: () => ask({ do: "swap" }),
    add: () => ask({ do: "add" }),
    remove: (button) => ask({ do: "remove", side: button.dataset.side }),
    reset: (button) => ask({ do: "reset", side: button.dataset.side }),
    reveal: (button) => {
      const { row, last } = button.dataset;
      ask({ do: "reveal", row, last, ...target(button) });
    },
    veil: (button) => ask({ do: "veil", ...target(button) }),
    notices: () => ask({ do: "notices" }),
    turn: (button) => ask({ do: "turn", turn: button.closest(".turn").dataset.turn }),
    attach: () => ask({ do: "attach" }),
    help: (button) => unfold(button, one(".help")),
    page: (button) => {
      const back = Number(button.dataset.step) < 0;
      ask({ do: "window", number: back ? Math.max(span.first - 80, 0) : span.first + rows().length });
    },
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) return actions[button.dataset.do](button);
    const stop = event.target.closest(".turn, .cell.empty");
    if (stop) stand(stop);
  });
  root.addEventListener("change", (event) => {
    const { set } = event.target.dataset;
    if (set) ask({ do: "set", name: set, value: event.target.value });
    else if (event.target === one(".rail")) ask({ do: "window", number: event.target.value });
  });
  root.addEventListener("input", (event) => {
    if (event.target === one(".rail")) along(Number(event.target.value));
  });
  root.addEventListener("copy", (event) => {
    // Words that are copied by hand take their place and source along.
    const selected = root.ownerDocument.getSelection();
    if (selected.isCollapsed) return;
    const turns = [...root.querySelectorAll(".turn:not(.veil)")]
      .filter((turn) => selected.containsNode(turn.querySelector(".words"), true))
      .map((turn) => ({ ...turn.dataset, summary: turn.querySelector(".gist") !== null }));
    if (!turns.length) return;
    const text = credited(String(selected), turns);
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const stop = document.activeElement?.closest?.(".turn, .cell.empty");
    if (!stop || !root.contains(stop)) return;
    if (event.key === "Escape") return stop.blur();
    if (event.key === "Enter" && event.target === stop) {
      return stop.querySelector('[data-do="reveal"], [data-do="turn"]')?.click();
    }
    const cells = rows().map((row) => [...row.querySelectorAll(".cell")].map((c) => stops(c).length));
    const at = placeOf(stop);
    const to = moved(at, event.key, cells);
    if (!to) return;
    event.preventDefault();
    const far = { Home: 0, End: span.of - 1 }[event.key];
    const number = far ?? span.first + to.row;
    if (number < 0 || number >= span.of) return;
    if (number < span.first || number >= span.first + cells.length) {
      return ask({ do: "window", number, side: at.side, focus: true, end: event.key === "ArrowUp" });
    }
    stand(stopAt(to));
    here.focus({ preventScroll: true });
    reach(here);
  });
  root.addEventListener("focusin", (event) => {
    suppress(event);
    const stop = event.target;
    if (stop.matches?.(".turn, .cell.empty") && stop !== here) stand(stop);
  });
  root.addEventListener(
    "scroll",
    (event) => {
      if (event.target === one(".page") && !waiting) waiting = requestAnimationFrame(scrolled);
    },
    true,
  );

  /** Scrolled out of sight, the place is left behind for the row at the upper edge. */
  function scrolled() {
    waiting = 0;
    if (!here?.isConnected) return;
    const pane = one(".page").getBoundingClientRect();
    const box = here.closest(".row").getBoundingClientRect();
    if (box.bottom > pane.top + covered() && box.top < pane.bottom) return;
    const top = topmost();
    if (top) stand(stops(top.row.querySelectorAll(".cell")[placeOf(here).side])[0]);
  }

  const looked = () => {
    const settings = new URLSearchParams(model.get("display"));
    for (const [name, usual] of Object.entries(USUAL)) {
      root.dataset[name] = settings.get(name) ?? usual;
    }
    const size = one('select[data-set="size"]');
    if (size) size.value = root.dataset.size;
  };
  const went = () => {
    if (!root.firstChild || !model.get("place")) return;
    const turn = decodeURIComponent(model.get("place").split("..")[0].split(":")[0]);
    if (here?.isConnected && here.closest(".row").querySelector(`[data-turn="${CSS.escape(turn)}"]`)) return;
    const stop = one(`.turn[data-turn="${CSS.escape(turn)}"]`);
    if (!stop) return;
    stand(stop, false);
    reach(stop);
  };
  model.on("msg:custom", show);
  model.on("change:place", went);
  model.on("change:display", looked);
  ask({ do: "ready" });
  return () => {
    cancelAnimationFrame(waiting);
    dressed?.();
    model.off("msg:custom", show);
    model.off("change:place", went);
    model.off("change:display", looked);
    // Whoever still holds the element of a closed view holds nothing that was in it.
    here = null;
    root.remove();
    root.replaceChildren();
  };
}

export default { render };
