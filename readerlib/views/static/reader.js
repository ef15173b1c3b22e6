// The Reader's gestures. In: messages with rendered parts. Out: ready, toggle, find, reset, open.
// @ts-check

/** The index that a key moves to among `count` turns, or -1 if the key moves nowhere. */
export function moved(index, key, count) {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[key];
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return step === undefined ? -1 : Math.max(0, Math.min(count - 1, index + step));
}

const FRAME = ["header", "facets", "page", "footer"];

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib";
  root.setAttribute("aria-label", "Reader");
  root.dataset.lmSuppressShortcuts = "true";
  const make = (tag, name, parent) => {
    const node = document.createElement(tag);
    node.className = name;
    parent.append(node);
    return node;
  };
  const header = make("header", FRAME[0], root);
  const title = make("h2", "title", header);
  const search = make("input", "search", header);
  search.type = "search";
  search.placeholder = "Search words";
  search.setAttribute("aria-label", "Search words");
  const status = make("span", "status", header);
  status.setAttribute("role", "status");
  const filters = make("button", "filters", header);
  filters.textContent = "Filters";
  filters.setAttribute("aria-expanded", "false");
  const cols = make("div", "cols", root);
  const side = make("div", "side", cols);
  const facets = make("div", "facets", side);
  facets.setAttribute("role", "group");
  facets.setAttribute("aria-label", "Filters");
  const reset = make("button", "reset", side);
  reset.textContent = "Show all";
  const page = make("div", "page", cols);
  const foot = make("footer", "foot", root);
  el.append(root);

  const places = { facets, page };
  const put = (name, html) => {
    places[name].innerHTML = html; // fed by render.py alone
  };
  const turns = () => [...page.querySelectorAll(".turn")];
  const show = (message) => {
    if (message.status !== undefined) status.textContent = message.status;
    if (!message.parts) return;
    const held = document.activeElement?.dataset ?? {};
    const again = held.facet && { facet: held.facet, value: held.value };
    title.textContent = message.title;
    if (document.activeElement !== search) search.value = message.find;
    foot.textContent = message.foot;
    for (const [name, html] of Object.entries(message.parts)) put(name, html);
    const first = turns()[0];
    if (first) first.tabIndex = 0;
    if (again) {
      const boxes = [...facets.querySelectorAll("input")];
      boxes.find((b) => b.dataset.facet === again.facet && b.dataset.value === again.value)?.focus();
    }
  };
  model.on("msg:custom", show);

  root.addEventListener("change", (event) => {
    const { facet, value } = event.target.dataset;
    if (facet) model.send({ type: "toggle", facet, value });
    else if (event.target === search) model.send({ type: "find", query: search.value });
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button === reset) model.send({ type: "reset" });
    else if (button === filters) {
      filters.setAttribute("aria-expanded", String(root.classList.toggle("open")));
    } else if (button?.dataset.open) model.send({ type: "open", row: button.dataset.open });
  });
  root.addEventListener("keydown", (event) => {
    const all = turns();
    const at = all.indexOf(document.activeElement);
    const to = at < 0 ? -1 : moved(at, event.key, all.length);
    if (to < 0) return;
    event.preventDefault();
    all[at].tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  });
  model.send({ type: "ready" });
  return () => model.off("msg:custom", show);
}

export default { render };
