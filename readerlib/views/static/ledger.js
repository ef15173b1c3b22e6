// @ts-check
// The gestures of the evidence ledger.
//
// In:  the message {frame}.  All HTML comes from render/.
// Out: messages {do: "ready" | "turn"}.

/** Whether a row with these values and this text is wanted. */
export function wanted(row, text, wishes) {
  return Object.entries(wishes).every(([column, value]) =>
    column === "text" ? text.toLowerCase().includes(value.toLowerCase()) : !value || row[column] === value,
  );
}

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib ledger";
  root.setAttribute("aria-label", "What is claimed");
  el.append(root);

  function show(message) {
    if (message.frame === undefined || root.firstChild) return;
    root.innerHTML = message.frame; // rendered and escaped by render/
  }

  function narrow() {
    const wishes = {};
    for (const control of root.querySelectorAll("[data-column]")) {
      wishes[control.dataset.column] = control.value;
    }
    const rows = [...root.querySelectorAll("tbody tr")];
    for (const row of rows) row.hidden = !wanted(row.dataset, row.textContent, wishes);
    const shown = rows.filter((row) => !row.hidden).length;
    const status = root.querySelector(".status");
    status.textContent = status.textContent.replace(/^\d+/, String(shown));
  }

  root.addEventListener("input", narrow);
  root.addEventListener("click", (event) => {
    const button = event.target.closest('[data-do="turn"]');
    if (button) model.send({ do: "turn", turn: button.dataset.turn });
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
