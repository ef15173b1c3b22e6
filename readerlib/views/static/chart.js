// @ts-check
// The gestures of a chart: its marks can be reached by the keyboard, and chosen.
//
// In:  the messages {frame, live, chosen}, {said, chosen}, {chosen}, {trouble}.  All HTML comes
//      from render/.
// Out: messages {do: "ready"} and {do: "mark", mark}.

/** The mark to which a key leads from the one at `at`, of `count`; -1 if it leads nowhere. */
export function nextMark(key, at, count) {
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
  if (key === "Home") return count ? 0 : -1;
  if (key === "End") return count - 1;
  if (!(key in steps) || !count) return -1;
  return Math.min(Math.max(at + steps[key], 0), count - 1);
}

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib readerlib-view";
  root.setAttribute("aria-label", "Chart");
  el.append(root);

  const marksOf = (drawing) => [...drawing.querySelectorAll('.mark[role="button"]')];

  function show(message) {
    if (message.frame !== undefined) {
      if (root.firstChild) return;
      root.innerHTML = message.frame; // rendered and escaped by render/
      root.setAttribute("aria-label", root.querySelector("figure").getAttribute("aria-label"));
      enliven(new Set(message.live.map(String)));
      const said = document.createElement("p");
      said.className = "said";
      said.setAttribute("role", "status");
      said.hidden = !message.live.length;
      said.textContent = "Choose a mark, and the Reader shows the turns behind it.";
      root.append(said);
    }
    const line = root.querySelector(".said");
    if (line && (message.said || message.trouble)) line.textContent = message.said ?? message.trouble;
    if (message.chosen) {
      const chosen = new Set(message.chosen.map(String));
      for (const mark of root.querySelectorAll('.mark[role="button"]')) {
        mark.setAttribute("aria-pressed", String(chosen.has(mark.dataset.mark)));
      }
    }
  }

  function enliven(live) {
    for (const drawing of root.querySelectorAll("svg")) {
      for (const mark of drawing.querySelectorAll(".mark")) {
        if (!live.has(mark.dataset.mark)) continue;
        mark.setAttribute("role", "button");
        mark.setAttribute("tabindex", "-1");
        mark.setAttribute("aria-pressed", "false");
        mark.setAttribute("aria-label", mark.querySelector("title").textContent);
      }
      const marks = marksOf(drawing);
      if (!marks.length) continue;
      // A picture has no parts; what can be chosen is a group of buttons.
      drawing.setAttribute("role", "group");
      marks[0].setAttribute("tabindex", "0");
    }
  }

  function moveTo(mark) {
    for (const other of marksOf(mark.ownerSVGElement)) other.setAttribute("tabindex", "-1");
    mark.setAttribute("tabindex", "0");
    mark.focus();
  }

  function choose(mark) {
    model.send({ do: "mark", mark: Number(mark.dataset.mark) });
  }

  root.addEventListener("click", (event) => {
    const mark = event.target.closest('.mark[role="button"]');
    if (!mark) return;
    moveTo(mark);
    choose(mark);
  });
  root.addEventListener("keydown", (event) => {
    const mark = event.target.closest('.mark[role="button"]');
    if (!mark || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(mark);
      return;
    }
    const marks = marksOf(mark.ownerSVGElement);
    const to = nextMark(event.key, marks.indexOf(mark), marks.length);
    if (to < 0) return;
    event.preventDefault();
    moveTo(marks[to]);
  });
  root.addEventListener("focusin", (event) => {
    // As in reader.js: JupyterLab's shortcuts look at the focused element itself.
    event.target.dataset.lmSuppressShortcuts = "true";
  });
  model.on("msg:custom", show);
  model.send({ do: "ready" });
  return () => {
    model.off("msg:custom", show);
    root.remove();
    root.replaceChildren();
  };
}

export default { render };
