// @ts-check
// The gestures of a way through a corpus.
//
// In:  messages {frame} (once), {parts: {name: html}, focus, at, stopped} and {trouble}; the trait
//      panel, the Reader or the Quiz of the step.  All HTML comes from render/.
// Out: messages {do: "ready" | "list" | "open" | "ask" | "text" | "leave" | "take-in" |
//      "done" | "not-read" | "stop" | "go-on" | "forget" | "notes-try" | "notes-copy"}.

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib route";
  root.tabIndex = -1;
  root.setAttribute("aria-label", "A way through");
  el.append(root);

  // The Reader in it has parts of its own.
  const mine = (node) => node.closest("section.readerlib") === root;
  const part = (name) => [...root.querySelectorAll(`[data-part="${name}"]`)].find(mine);
  const one = (selector) => [...root.querySelectorAll(selector)].find(mine);

  function put(node, html) {
    node.innerHTML = html; // rendered and escaped by render/
  }

  function show(message) {
    if (message.frame !== undefined && !root.firstChild) put(root, message.frame);
    if (!root.firstChild) return;
    const trouble = one(".trouble");
    trouble.hidden = message.trouble === undefined;
    trouble.textContent = message.trouble ?? "";
    const focused = root.contains(document.activeElement) && mine(document.activeElement);
    for (const [name, html] of Object.entries(message.parts ?? {})) {
      put(part(name), html);
      if (name === "unsaved") part(name).hidden = !html;
    }
    if (message.stopped !== undefined) {
      root.dataset.stopped = message.stopped ? "1" : "0";
      (message.stopped ? part("quiet") : one("[data-part='bar'] button") ?? root).focus();
    } else if (message.focus === "list") {
      const at = message.at ? one(`[data-step="${message.at}"]`) : one(".suggested button");
      (at ?? one(".way button") ?? root).focus();
    } else if (message.focus) one(`[data-part="${message.focus}"] button`)?.focus();
    else if (focused && !root.contains(document.activeElement)) root.focus();
  }

  async function panelled() {
    const slot = one(".slot");
    if (!slot) return;
    const id = model.get("panel");
    slot.replaceChildren();
    slot.hidden = !id;
    if (!id) return;
    const panel = await model.widget_manager.get_model(id.replace("IPY_MODEL_", ""));
    const view = await model.widget_manager.create_view(panel);
    if (model.get("panel") === id) slot.replaceChildren(view.el);
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || !mine(button)) return;
    const { do: what, step } = button.dataset;
    model.send(step === undefined ? { do: what } : { do: what, step: Number(step) });
  });
  root.addEventListener("focusin", (event) => {
    // As in reader.js: JupyterLab's shortcuts look at the focused element itself.
    event.target.dataset.lmSuppressShortcuts = "true";
  });
  const heard = (message) => {
    const first = !root.firstChild;
    show(message);
    if (first && root.firstChild) panelled();
  };
  model.on("change:panel", panelled);
  model.on("msg:custom", heard);
  model.send({ do: "ready" });
  return () => {
    model.off("change:panel", panelled);
    model.off("msg:custom", heard);
    root.remove();
    root.replaceChildren();
  };
}

export default { render };
