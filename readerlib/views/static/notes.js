// @ts-check
// The gestures of the list of notes.
//
// In:  messages {frame} (once), {parts: {name: html}, find}, {write}, {wrote}, {refused}, {file, first, last},
//      {page, first}, {come} and {trouble}.  All HTML comes from render/.
// Out: messages {do: "ready" | "wish" | "notes-all" | "notes-more" | "note-go" | "note-edit" |
//      "note-save" | "note-draft" | "note-cancel" | "note-delete" | "note-undo" | "note-keep" |
//      "note-put" | "note-show" | "note-label" | "notes-try" | "notes-copy" | "export" | "page" |
//      "import" | "import-take"}; a file goes in parts.

/** The index of the button that gets the focus when the one at `at` is gone: the next, or the last. */
export function afterwards(at, count) {
  return Math.min(Math.max(at, 0), count - 1);
}

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib remembered";
  root.tabIndex = -1;
  root.setAttribute("aria-label", "Your notes");
  el.append(root);
  let waiting = 0;
  let drafting = 0;
  let leaving = null; // what would leave, as it would
  let page = ""; // the page to take away

  const part = (name) => [...root.querySelectorAll("[data-part]")].find((p) => p.dataset.part === name);
  const one = (selector) => root.querySelector(selector);
  const ask = (wanted) => model.send(wanted);
  const editor = () => one(".editor");
  const { field, held, suggest, tag, refused } = formOf(editor);
  const notes = () => [...root.querySelectorAll(".note")];

  function put(node, html) {
    node.innerHTML = html; // rendered and escaped by render/
  }

  function wishes() {
    return Object.fromEntries([...root.querySelectorAll("[data-wish]")].map((w) => [w.dataset.wish, w.value]));
  }

  /** The editor stands in the note that it is of, and the note's text does not. */
  function settle() {
    const home = part("editor");
    const note = editor() && notes().find((n) => `note:${n.dataset.note}` === editor().dataset.key);
    for (const each of notes()) each.classList.toggle("edited", each === note);
    home.hidden = !editor();
    (note ?? part("list")).after(home);
    if (note) note.append(home);
  }

  /** Close the editor, and go back to the note. */
  function close() {
    clearTimeout(drafting);
    const id = editor().dataset.key.replace(/^note:/, "");
    part("editor").replaceChildren();
    settle();
    notes().find((n) => n.dataset.note === id)?.focus();
  }

  function renew(name, html) {
    const old = part(name);
    if (!old) return;
    if (name === "unsaved") old.hidden = !html;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const inEditor = focused && editor()?.contains(focused);
    const { do: what, note, wish, colour } = focused?.dataset ?? {};
    const at = focused ? notes().indexOf(focused.closest(".note")) : -1;
    if (name === "list") part("states").after(part("editor")); // it stays what it is
    put(old, html);
    if (name === "list") settle();
    if (!focused) return;
    if (inEditor) return focused.focus({ preventScroll: true });
    const same = [...old.querySelectorAll("button, select, input")].find(
      ({ dataset }) => dataset.do === what && dataset.note === note && dataset.wish === wish && dataset.colour === colour,
    );
    if (same) return same.focus({ preventScroll: true });
    (one('[data-do="note-undo"]') ?? notes()[afterwards(at, notes().length)] ?? one('[data-wish="find"]'))?.focus();
  }

  function show(message) {
    if (message.frame !== undefined && !root.firstChild) put(root, message.frame);
    if (!root.firstChild) return;
    const trouble = one(".trouble");
    trouble.hidden = message.trouble === undefined;
    trouble.textContent = message.trouble ?? "";
    const wrote = message.wrote && editor();
    // What was done is there before the button that did it goes.
    const parts = Object.entries(message.parts ?? {});
    for (const [name, html] of parts) if (name === "said-of-notes") renew(name, html);
    if (wrote) close();
    for (const [name, html] of parts) if (name !== "said-of-notes") renew(name, html);
    if (message.find !== undefined) one('[data-wish="find"]').value = message.find;
    if (message.write !== undefined && editor()) {
      settle();
      suggest();
      field("text").focus({ preventScroll: true });
      editor().scrollIntoView({ block: "nearest" });
    }
    if (editor() && (message.refused !== undefined || message.trouble !== undefined)) {
      refused(message.refused);
    }
    if (message.page !== undefined) {
      page = message.first ? message.page : page + message.page;
      one(".preview iframe").srcdoc = page; // closed off: nothing in it runs
    }
    if (message.file !== undefined) preview(message.file, message.first);
    if (message.last) one('[data-do="export-save"]').disabled = false; // all of it is here
    if (message.come) one(".preview").focus();
  }

  /** Show exactly what would leave; a long text comes in parts. */
  function preview(file, first) {
    leaving = first ? file : { ...file, text: leaving.text + file.text };
    const shown = one(".preview textarea");
    if (shown) shown.value = leaving.text;
    if (!first) return;
    one(".preview").focus({ preventScroll: true });
    one(".preview").scrollIntoView({ block: "nearest" });
  }

  /** The preview is done with; the focus goes back to where it was asked for. */
  function unpreview() {
    part("moving").replaceChildren();
    (one('[data-do="export"]') ?? one("input[type=file]"))?.focus();
  }

  /** Offer a text as a file to save; nothing goes anywhere but to the reader's own disk. */
  function offer({ name, text, type, base64 }) {
    const held = base64 ? Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)) : text;
    const address = URL.createObjectURL(new Blob([held], { type }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
  }

  /** Ask for something else to be looked at; what is there is not saved under its name. */
  function another(wanted) {
    const save = one('[data-do="export-save"]');
    if (save) save.disabled = true;
    ask(wanted);
  }

  const send = (what) => ({ dataset: { note, key, stamp } }) => ask({ do: what, note, key, stamp });
  function leave() {
    ask({ do: "note-draft", closed: true, ...held() });
    close();
  }
  const actions = {
    "note-go": ({ dataset: { turn } }) => ask({ do: "note-go", turn }),
    "note-edit": (button) => {
      if (editor()) leave();
      send("note-edit")(button);
    },
    "note-save": () => {
      if (editor().dataset.saving) return;
      clearTimeout(drafting);
      editor().dataset.saving = "1";
      ask({ do: "note-save", ...held() });
    },
    "note-cancel": () => {
      ask({ do: "note-cancel", ...held() });
      close();
    },
    export: ({ dataset: { form } }) => another({ do: "export", form }),
    page: ({ dataset: { form } }) => another({ do: "page", form }),
    "export-save": () => offer(leaving),
    "import-take": () => {
      ask({ do: "import-take" });
      unpreview();
    },
    "exchange-close": unpreview,
    tag,
  };
  for (const what of ["note-delete", "note-undo", "note-keep", "note-put", "note-show"]) actions[what] = send(what);
  for (const what of ["notes-all", "notes-more", "notes-try", "notes-copy"]) actions[what] = () => ask({ do: what });

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button && actions[button.dataset.do]) actions[button.dataset.do](button);
  });
  root.addEventListener("input", (event) => {
    const { target } = event;
    if (target.dataset.wish === "find") {
      clearTimeout(waiting);
      waiting = setTimeout(() => ask({ do: "wish", wishes: wishes() }), 150);
    }
    if (!target.closest(".editor")) return;
    if (target.dataset.field === "tags") suggest();
    clearTimeout(drafting);
    drafting = setTimeout(() => editor() && ask({ do: "note-draft", ...held() }), 800);
  });
  root.addEventListener("change", ({ target }) => {
    if (target.dataset.wish && target.dataset.wish !== "find") ask({ do: "wish", wishes: wishes() });
    if (target.type === "file" && target.files[0]) {
      sendFile(model, target.files[0], { do: "import" });
      target.value = "";
    }
    if (target.dataset.colour !== undefined) {
      ask({ do: "note-label", colour: target.dataset.colour, meaning: target.value });
    }
  });
  root.addEventListener("keydown", (event) => {
    if (!event.target.closest(".editor")) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      leave();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      actions["note-save"]();
    }
  });
  root.addEventListener("focusin", (event) => {
    // As in reader.js: JupyterLab's shortcuts look at the focused element itself.
    event.target.dataset.lmSuppressShortcuts = "true";
  });
  model.on("msg:custom", show);
  ask({ do: "ready" });
  return () => {
    clearTimeout(waiting);
    clearTimeout(drafting);
    model.off("msg:custom", show);
    root.remove();
    root.replaceChildren();
  };
}

export default { render };
