// @ts-check
// The gestures of a quiz: questions that are answered one by one.
//
// In:  messages {frame} (once), {cards: {number: html}, renew, focus, parts}, {show, level, after,
//      parts}, {slot: {number, name, html}}, {turn: {row, plain, pick}}, {drafted, said, parts},
//      {amiss, number} and {trouble}.  All HTML comes from render/; the key of a question never does.
// Out: messages {do: "ready" | "check" | "draft" | "change" | "leave" | "forget" | "why" | "passage" |
//      "turn" | "reveal" | "veil" | "save" | "refresh"}; the traits level and after.

/** The words for a place on a line: the first that reaches as far; `places` are [upto, words]. */
export function wordsAt(places, value) {
  return (places.find(([upto]) => value <= upto) ?? places.at(-1) ?? [0, ""])[1];
}

/** Where the focus goes among `count` stops with a key, or -1 if the key moves nowhere. */
export function stepped(index, key, count) {
  const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: count - 1 }[key];
  return to === undefined || count === 0 ? -1 : Math.max(0, Math.min(count - 1, to));
}

/** A list with the item at `index` moved by `step`; the same list if it cannot move. */
export function shifted(list, index, step) {
  const to = index + step;
  if (to < 0 || to >= list.length) return list;
  const moved = list.filter((_, i) => i !== index);
  moved.splice(to, 0, list[index]);
  return moved;
}

const PATIENCE = 5000; // how long an answer of the kernel may take before that is said
const PAUSE = 1500; // after which what is written is kept

function render({ model, el }) {
  const root = document.createElement("section");
  root.className = "readerlib quiz";
  root.setAttribute("aria-label", "Questions");
  el.append(root);
  const own = Math.random().toString(36).slice(2); // radio buttons of two quizzes are not one group

  const one = (selector) => root.querySelector(selector);
  const part = (name) => one(`[data-part="${name}"]`);
  const items = (name) => [...root.querySelectorAll(name)];
  const cardOf = (node) => node.closest(".card");
  const cardAt = (number) => one(`.card[data-number="${Number(number)}"]`);

  function put(node, html) {
    node.innerHTML = html; // rendered and escaped by render/
  }

  /** Put a question into its place, ready to be answered. */
  function fill(card, html) {
    put(card, html);
    delete card.dataset.draft;
    for (const radio of card.querySelectorAll('[type="radio"]')) radio.name += own;
    const list = card.querySelector(".ordering");
    if (list) settle(list);
    rove(card);
  }

  /** Of the turns of a passage one is a stop of the tab key; the arrows go on from there. */
  const stops = (card) => [...card.querySelectorAll(".picking input, .picking .veil button")];
  function rove(card, at = stops(card)[0]) {
    for (const stop of stops(card)) stop.tabIndex = stop === at ? 0 : -1;
  }

  /** The first item of an order cannot go up, the last one not down. */
  function settle(list) {
    const all = [...list.children];
    all.forEach((item, i) => {
      const [up, down] = item.querySelectorAll("button");
      up.disabled = i === 0;
      down.disabled = i === all.length - 1;
    });
  }

  function move(item, step) {
    const list = item.parentElement;
    const all = [...list.children];
    const focused = root.ownerDocument.activeElement;
    const after = shifted(all, all.indexOf(item), step);
    if (after === all) return;
    list.append(...after);
    settle(list);
    const at = after.indexOf(item) + 1;
    const said = item.querySelector("span").textContent;
    cardOf(item).querySelector('[data-slot="moved"]').textContent = `${said}: now ${at} of ${all.length}`;
    // A button that has come to the end is shut, and would lose the focus to the notebook.
    const [up, down] = item.querySelectorAll("button");
    const wanted = item.contains(focused) ? focused : step < 0 ? up : down;
    (wanted.disabled ? (wanted === up ? down : up) : wanted).focus();
    drafted(item);
  }

  /** Say that what is on the page is not kept yet. */
  function drafted(node) {
    const card = cardOf(node);
    if (!card) return;
    card.dataset.draft = "1";
    const draft = card.querySelector(".draft");
    if (draft) {
      draft.dataset.usual ??= draft.textContent;
      draft.textContent = draft.dataset.usual;
      draft.hidden = false;
    }
    const amiss = card.querySelector(".amiss");
    if (amiss) amiss.hidden = true;
  }

  const answers = {
    choice: (card) => [...card.querySelectorAll("input:checked")].map((box) => Number(box.value)),
    order: (card) => [...card.querySelectorAll(".ordering li")].map((item) => Number(item.dataset.option)),
    line: (card) => Number(card.querySelector("[type=range]").value),
    evidence: (card) => [...card.querySelectorAll(".picking input:checked")].map((box) => box.value),
    short: (card) => card.querySelector("fieldset input").value,
    open: (card) => card.querySelector("textarea").value,
  };

  let late = 0;
  let mine = false; // whether this page asked: another view of the same quiz leaves the focus alone
  function tell(node, wanted) {
    mine = wanted.do !== "draft";
    clearTimeout(late);
    late = setTimeout(() => {
      one(".waiting").hidden = false;
    }, PATIENCE);
    model.send({ ...wanted, number: Number(cardOf(node).dataset.number) });
  }

  /** Have what is being written to an open question kept, now or when the writing pauses. */
  let writing = 0;
  function keep(area, pause) {
    clearTimeout(writing);
    writing = setTimeout(() => {
      if (area.isConnected && cardOf(area).dataset.draft) tell(area, { do: "draft", value: area.value });
    }, pause);
  }

  function check(node) {
    clearTimeout(writing);
    const card = cardOf(node);
    tell(node, { do: "check", value: answers[card.querySelector("article").dataset.kind](card) });
  }

  const actions = {
    check,
    move: (button) => move(button.closest("li"), Number(button.dataset.step)),
    turn: (button) => tell(button, { do: "turn", turn: button.dataset.turn }),
    reveal: (button) => model.send({ do: "reveal", row: Number(button.dataset.row) }),
    veil: (button) => model.send({ do: "veil", row: Number(button.dataset.row) }),
    save: () => model.send({ do: "save" }),
    away: (button) => {
      const card = cardOf(button);
      put(button.closest("[data-slot]"), "");
      card.querySelector('[data-do="passage"]').focus();
    },
  };

  /** Where the focus is within its question, to find it again when that is drawn anew. */
  function held() {
    const focused = root.ownerDocument.activeElement;
    const card = root.contains(focused) && focused.closest(".card");
    if (!card) return () => {};
    const { do: what, row, turn } = focused.dataset;
    return () => {
      if (card.contains(root.ownerDocument.activeElement)) return;
      const same = [...card.querySelectorAll("[data-do]")].find(
        (b) => b.dataset.do === what && b.dataset.row === row && b.dataset.turn === turn,
      );
      (same ?? card.querySelector("[tabindex], button, input, textarea"))?.focus({ preventScroll: true });
    };
  }

  function exchange(message) {
    const back = held();
    for (const [number, html] of Object.entries(message.cards)) {
      const card = cardAt(number);
      if (!card || (card.firstChild && !message.renew)) continue;
      if (message.renew === "gently" && card.dataset.draft) continue;
      fill(card, html);
      if (!mine) continue;
      if (message.focus === "reply") {
        const reply = card.querySelector('[data-slot="reply"]');
        reply?.focus({ preventScroll: true });
        reply?.scrollIntoView({ block: "nearest" });
      } else if (message.focus === "ask") {
        card.querySelector("fieldset :is(input:checked, input, textarea, button:enabled)")?.focus();
      }
    }
    if (message.focus) mine = false;
    back();
  }

  function turned({ row, plain, pick }) {
    for (const item of items(`li[data-row="${Number(row)}"]`)) {
      const inside = item.contains(root.ownerDocument.activeElement);
      const picked = item.querySelector("input")?.checked;
      put(item, item.matches(".pickable") ? pick : plain);
      const box = item.querySelector("input");
      if (box) box.checked = picked;
      const stop = box ?? item.querySelector(".turn");
      if (item.matches(".pickable")) rove(cardOf(item), inside ? stop : undefined);
      if (inside) stop?.focus({ preventScroll: true });
    }
  }

  function show(message) {
    if (message.frame !== undefined && !root.firstChild) put(root, message.frame);
    const trouble = one(".trouble");
    if (!trouble) return;
    trouble.hidden = message.trouble === undefined;
    trouble.textContent = message.trouble ?? "";
    clearTimeout(late);
    one(".waiting").hidden = true;
    if (message.drafted !== undefined) kept(message);
    if (message.cards) exchange(message);
    for (const [name, html] of Object.entries(message.parts ?? {})) {
      // What is the same is not said again.
      if (part(name).dataset.html !== html || name === "spoken") put(part(name), html);
      part(name).dataset.html = html;
    }
    if (message.slot) {
      const slot = cardAt(message.slot.number).querySelector(`[data-slot="${message.slot.name}"]`);
      put(slot, message.slot.html);
      if (mine) {
        slot.querySelector("[tabindex]")?.focus({ preventScroll: true });
        slot.scrollIntoView({ block: "nearest" });
      }
      mine = false;
    }
    if (message.turn) turned(message.turn);
    if (message.amiss !== undefined) {
      const amiss = cardAt(message.number).querySelector(".amiss");
      amiss.hidden = false;
      amiss.textContent = message.amiss;
    }
    if (message.show) choose(message);
  }

  /** Say that what was written is kept, unless more has been written since. */
  function kept({ drafted: number, said }) {
    const draft = cardAt(number).querySelector(".draft");
    if (!draft) return;
    delete cardAt(number).dataset.draft;
    draft.hidden = false;
    draft.textContent = said;
  }

  /** Show the questions that are chosen, and the headings they stand under. */
  function choose({ show: numbers, level, after }) {
    for (const card of items(".card")) card.hidden = !numbers.includes(Number(card.dataset.number));
    for (const heading of items(".after")) {
      let next = heading.nextElementSibling;
      while (next?.matches(".card") && next.hidden) next = next.nextElementSibling;
      heading.hidden = !next?.matches(".card");
    }
    for (const [name, value] of Object.entries({ level: String(level), after })) {
      const select = one(`select[data-choose="${name}"]`);
      if (select) select.value = value;
    }
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) return (actions[button.dataset.do] ?? ((b) => tell(b, { do: b.dataset.do })))(button);
    // A click on a turn picks it, unless words of it are being marked.
    const turn = event.target.closest(".pickable .turn:not(.veil)");
    if (!turn || !root.ownerDocument.getSelection().isCollapsed) return;
    const box = turn.closest(".pickable").querySelector("input");
    if (!box) return;
    box.checked = !box.checked;
    rove(cardOf(box), box);
    box.focus({ preventScroll: true });
    drafted(box);
  });
  root.addEventListener("input", (event) => {
    const { target } = event;
    if (target.matches("[data-choose]")) {
      const value = target.dataset.choose === "level" ? Number(target.value) : target.value;
      model.set(target.dataset.choose, value);
      model.save_changes();
      return;
    }
    if (target.type === "range") {
      const card = cardOf(target);
      const places = [...card.querySelectorAll(".places li")].map((li) => [Number(li.dataset.upto), li.textContent]);
      const words = wordsAt(places, Number(target.value));
      target.setAttribute("aria-valuetext", words);
      card.querySelector(".at").textContent = words;
    }
    drafted(target);
    if (target.matches("textarea")) keep(target, PAUSE);
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("textarea")) keep(event.target, 0);
  });
  root.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const item = target.closest(".ordering li");
    if (item && event.altKey && (key === "ArrowUp" || key === "ArrowDown")) {
      event.preventDefault();
      move(item, key === "ArrowUp" ? -1 : 1);
    } else if (key !== "Enter" && target.closest(".picking")) {
      const all = stops(cardOf(target));
      const to = stepped(all.indexOf(target), key, all.length);
      if (to < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      rove(cardOf(target), all[to]);
      all[to].focus();
    } else if (key === "Enter" && cardOf(target)) {
      const whole = target.matches("textarea") ? event.ctrlKey || event.metaKey : target.matches("input");
      if (!whole || event.isComposing) return;
      event.preventDefault();
      check(target);
    }
  });
  root.addEventListener("focusin", (event) => {
    // As in reader.js: JupyterLab's shortcuts look at the focused element itself.
    event.target.dataset.lmSuppressShortcuts = "true";
    if (!root.contains(event.relatedTarget)) model.send({ do: "refresh" });
  });
  model.on("msg:custom", show);
  model.send({ do: "ready" });
  return () => {
    clearTimeout(late);
    clearTimeout(writing);
    model.off("msg:custom", show);
    root.remove();
    root.replaceChildren();
  };
}

export default { render };
