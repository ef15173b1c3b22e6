// @ts-check
// The Reader's gestures.
//
// In:  messages {frame} (once), {parts: {name: html}, turn, heading, focus, …} and {trouble};
//      the traits place, text_size and panel (another widget).  All HTML comes from render.py.
// Out: the trait place (a turn's id), the trait text_size, and messages {do: "ready" | "toggle" |
//      "find" | "reset" | "open" | "context" | "go" | "reveal" | "reveal-chapter" |
//      "reveal-topic" | "veil" | "notices" | "to" |
//      "attach"}.

const SIZES = 4;

/** The index that a key moves to among `count` turns, or -1 if the key moves nowhere. */
export function moved(index, key, count) {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[key];
  if (count === 0) return -1;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return step === undefined ? -1 : Math.max(0, Math.min(count - 1, index + step));
}

/** The hit after `index` in the direction of `step`, round the end; the first if none is. */
export function nextHit(index, step, count) {
  if (count === 0) return -1;
  if (index < 0) return step > 0 ? 0 : count - 1;
  return (index + step + count) % count;
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

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib";
  root.setAttribute("aria-label", "Reader");
  el.append(root);

  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const one = (selector) => root.querySelector(selector);
  const turns = () => [...part("page").querySelectorAll(".turn")];
  const headings = () => [...part("page").querySelectorAll(".heading")];
  const ask = (wanted) => model.send(wanted);
  let here = null; // the turn that model.place names, as it stands on the page
  let beyond = { earlier: "", later: "" };
  let waiting = 0;
  let settled = "";

  function put(node, html) {
    node.innerHTML = html; // rendered and escaped by render.py
  }

  /** Make a turn the place: named in the head, the one stop of the tab key among the turns. */
  function stand(turn, tell = true) {
    if (!turn) return;
    if (here?.isConnected) {
      here.tabIndex = -1;
      here.removeAttribute("aria-current");
    }
    here = turn;
    here.tabIndex = 0;
    here.setAttribute("aria-current", "true");
    part("where").textContent = here.dataset.place;
    const talk = headingOf(here)?.dataset.conversation;
    if (talk) part("contents").value = talk;
    const all = headings();
    const at = all.findIndex((heading) => heading.dataset.conversation === talk);
    for (const button of root.querySelectorAll('[data-do="chapter"]')) {
      const to = at + Number(button.dataset.step);
      button.disabled = !all[to] && !(to < 0 ? beyond.earlier : beyond.later);
    }
    if (tell && model.get("place") !== here.dataset.turn) {
      model.set("place", here.dataset.turn);
      model.save_changes();
    }
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
    if (!heading) return ask({ do: "go", conversation: talk });
    bring(heading);
    let item = heading.nextElementSibling;
    while (item && !item.querySelector(".turn")) item = item.nextElementSibling;
    stand(item?.querySelector(".turn"));
  }

  function show(message) {
    if (message.frame !== undefined && !root.firstChild) {
      put(root, message.frame);
      laidOut.observe(part("page"));
    }
    if (!root.firstChild) return;
    const trouble = one(".trouble");
    trouble.hidden = message.trouble === undefined;
    trouble.textContent = message.trouble ?? "";
    if (!message.parts) return;
    if (message.parts.page === undefined) {
      for (const [name, html] of Object.entries(message.parts)) put(part(name), html);
      return;
    }
    const held = root.contains(document.activeElement) ? { ...document.activeElement.dataset } : {};
    const inTurns = part("page").contains(document.activeElement);
    const groups = new Map(
      [...part("facets").querySelectorAll("details")].map((d) => [d.dataset.group, d.open]),
    );
    for (const [name, html] of Object.entries(message.parts)) put(part(name), html);
    for (const group of part("facets").querySelectorAll("details")) {
      group.open = groups.get(group.dataset.group) ?? group.open;
    }
    const search = one(".search");
    if (document.activeElement !== search) search.value = message.find;
    one(".hits").hidden = !message.find;
    part("notices").hidden = !message.parts.notices;
    const filters = one(".filters");
    filters.textContent = message.chosen ? `Filters (${message.chosen})` : "Filters";
    beyond = { earlier: message.earlier, later: message.later };
    here = null;
    const turn = turns().find((t) => t.dataset.turn === message.turn);
    if (message.heading) goTo(message.heading);
    else if (turn) {
      const before = turn.closest("li").previousElementSibling;
      if (!before?.classList.contains("heading")) bring(turn, 0.2);
      else if (before.previousElementSibling) bring(before);
      else one(".page").scrollTop = 0;
      stand(turn, false);
    } else one(".page").scrollTop = 0;
    if (message.focus || (inTurns && turn)) turn?.focus({ preventScroll: true });
    else if (held.facet !== undefined) {
      const boxes = [...part("facets").querySelectorAll("input")];
      boxes.find((b) => b.dataset.facet === held.facet && b.dataset.value === held.value)?.focus();
    }
  }

  function hit(step) {
    const marks = [...part("page").querySelectorAll(".turn:not(.beside) mark")];
    const to = nextHit(marks.indexOf(one("mark.current")), step, marks.length);
    if (to < 0) return;
    one("mark.current")?.classList.remove("current");
    marks[to].classList.add("current");
    stand(marks[to].closest(".turn"));
    reach(here);
  }

  /** Another width or text size lays the page out anew: stay at the same turn. */
  function settle() {
    const layout = `${one(".page").clientWidth} ${model.get("text_size")}`;
    if (layout === settled) return false;
    settled = layout;
    if (here?.isConnected && one(".page").scrollTop > 0) reach(here);
    return true;
  }

  function scrolled() {
    waiting = 0;
    if (settle()) return;
    const all = turns();
    const pane = one(".page").getBoundingClientRect();
    if (here?.isConnected) {
      const box = here.getBoundingClientRect();
      if (box.bottom > pane.top && box.top < pane.bottom) return;
    }
    const tops = all.map((turn) => turn.getBoundingClientRect().top);
    stand(all[atEdge(tops, pane.top + 24)]);
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
      const talk = to?.dataset.conversation ?? (step < 0 ? beyond.earlier : beyond.later);
      if (talk) goTo(talk);
    },
    size: () => {
      model.set("text_size", (model.get("text_size") + 1) % SIZES);
      model.save_changes();
    },
    help: (button) => {
      const help = one(".help");
      help.hidden = !help.hidden;
      button.setAttribute("aria-expanded", String(!help.hidden));
    },
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
    attach: () => ask({ do: "attach" }),
    filters: (button) => {
      button.setAttribute("aria-expanded", String(root.classList.toggle("open")));
    },
  };

  /** Whether an event is of the panel in the Reader, and the panel's own to answer. */
  const another = (event) => event.target.closest?.("section.readerlib") !== root;

  root.addEventListener("click", (event) => {
    if (another(event)) return;
    const button = event.target.closest("[data-do]");
    if (button) return actions[button.dataset.do](button);
    const turn = event.target.closest(".turn");
    if (turn) stand(turn);
  });
  root.addEventListener("change", (event) => {
    if (another(event)) return;
    const { facet, value } = event.target.dataset;
    if (facet !== undefined) ask({ do: "toggle", facet, value });
    else if (event.target === one(".search")) ask({ do: "find", query: event.target.value });
    else if (event.target === part("contents")) goTo(event.target.value);
  });
  root.addEventListener("input", (event) => {
    // The cross of a search field empties it without a change.
    if (event.target === one(".search") && !event.target.value) ask({ do: "find", query: "" });
  });
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || another(event)) return;
    if (event.key === "Enter" && event.target === one(".search")) {
      return ask({ do: "find", query: event.target.value });
    }
    const turn = document.activeElement?.closest?.(".turn");
    if (!turn || !root.contains(turn)) return;
    if (event.key === "Escape") return turn.blur();
    if (event.key === "Enter" && event.target === turn) {
      turn.querySelector('[data-do="reveal"], [data-do="context"]')?.click();
      return;
    }
    const all = turns();
    const to = moved(all.indexOf(turn), event.key, all.length);
    if (to < 0) return;
    event.preventDefault();
    stand(all[to]);
    here.focus({ preventScroll: true });
    reach(here);
  });
  root.addEventListener("focusin", (event) => {
    // JupyterLab looks for this mark from the focused element upwards, and its shortcuts for
    // ":focus" match before it comes to the root: each element that gets the focus wears it.
    event.target.dataset.lmSuppressShortcuts = "true";
    if (event.target.classList?.contains("turn")) stand(event.target);
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

  const resized = () => {
    root.dataset.size = String(model.get("text_size"));
  };
  const placed = () => {
    const turn = root.firstChild && turns().find((t) => t.dataset.turn === model.get("place"));
    if (!turn || turn === here) return;
    stand(turn, false);
    reach(turn);
  };
  const panelled = async () => {
    const slot = one(".slot");
    const id = model.get("panel");
    slot.lastElementChild.replaceChildren();
    slot.hidden = !id;
    if (!id) return;
    const panel = await model.widget_manager.get_model(id.replace("IPY_MODEL_", ""));
    const view = await model.widget_manager.create_view(panel);
    slot.lastElementChild.append(view.el);
    slot.scrollIntoView({ block: "nearest" });
    slot.querySelector("button").focus({ preventScroll: true });
  };
  resized();
  model.on("change:panel", panelled);
  model.on("msg:custom", show);
  model.on("change:place", placed);
  model.on("change:text_size", resized);
  ask({ do: "ready" });
  return () => {
    laidOut.disconnect();
    cancelAnimationFrame(waiting);
    model.off("change:panel", panelled);
    model.off("msg:custom", show);
    model.off("change:place", placed);
    model.off("change:text_size", resized);
  };
}

export default { render };
