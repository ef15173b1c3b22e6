// @ts-check
// The gestures of a panel that takes a text: a copy of an article, or another account of it.
//
// In:  messages {frame} (once), {parts: {name: html}, said}, {progress, what} and {trouble}.
//      All HTML comes from render.py.
// Out: messages {do: "ready" | "file" | "paste" | "fetch"}, or the name of a button; a file goes in
//      parts.

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib attaching";
  root.tabIndex = -1;
  el.append(root);
  let held = null; // what had the focus before all controls were shut

  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const one = (selector) => root.querySelector(selector);

  function put(node, html) {
    node.innerHTML = html; // rendered and escaped by render.py
  }

  /** One thing at a time: while a copy is looked at, another one cannot be given. */
  function busy(is) {
    root.setAttribute("aria-busy", String(is));
    // A control that is shut loses the focus, and the next key would go to the notebook.
    const focused = root.ownerDocument.activeElement;
    if (is && root.contains(focused) && focused !== root) {
      held = focused;
      root.focus({ preventScroll: true });
    }
    one("progress").hidden = !is;
    for (const control of root.querySelectorAll("button, input, textarea")) control.disabled = is;
  }

  async function give(file) {
    if (!file) return;
    busy(true);
    await sendFile(model, file, { do: "file" });
  }

  const actions = {
    paste: () => {
      const text = one("textarea").value;
      one("textarea").value = "";
      busy(true);
      model.send({ do: "paste", text });
    },
    fetch: (button) => {
      busy(true);
      model.send({ do: "fetch", source: button.dataset.source });
    },
  };

  function say(button) {
    busy(true);
    model.send({ do: button.dataset.do });
  }

  function show(message) {
    if (message.frame !== undefined && !root.firstChild) {
      put(root, message.frame);
      root.setAttribute("aria-label", one("h2").textContent);
    }
    if (!root.firstChild) return;
    const trouble = one(".trouble");
    if (message.progress !== undefined) {
      one("progress").value = message.progress;
      part("said").textContent = message.what;
      trouble.hidden = true;
      return;
    }
    trouble.hidden = message.trouble === undefined;
    trouble.textContent = message.trouble ?? "";
    part("said").textContent = message.said ?? "";
    busy(false);
    for (const [name, html] of Object.entries(message.parts ?? {})) put(part(name), html);
    const report = part("report");
    if (message.parts?.report) report.scrollIntoView({ block: "nearest" });
    // Back to where the focus was, or on to what was asked for, unless it has gone elsewhere.
    if (held && root.ownerDocument.activeElement === root) {
      const on = message.parts?.report && report.hasAttribute("tabindex") ? report : held;
      if (on.isConnected) on.focus({ preventScroll: true });
    }
    held = null;
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    // What takes nothing along, such as forgetting, is told by its name alone.
    (actions[button.dataset.do] ?? say)(button);
  });
  root.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    give(event.target.files[0]);
    event.target.value = "";
  });
  root.addEventListener("dragover", (event) => event.preventDefault());
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (root.getAttribute("aria-busy") !== "true") give(event.dataTransfer.files[0]);
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
