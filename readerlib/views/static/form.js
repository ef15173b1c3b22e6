// @ts-check
// The form in which a note is written; joined before each module that shows one.

/** What a field of tags holds once one is chosen, in place of what was begun. */
export function withTag(typed, tag) {
  const kept = typed.split(",").slice(0, -1).map((one) => one.trim()).filter(Boolean);
  return `${[...kept, tag].join(", ")}, `;
}

/** Which tags are offered: those that hold what was begun and are not there yet. */
export function offered(tags, typed, most = 8) {
  const there = typed.toLowerCase().split(",").map((one) => one.trim());
  const begun = there.at(-1);
  return tags.filter((tag) => tag.toLowerCase().includes(begun) && !there.includes(tag.toLowerCase())).slice(0, most);
}

/** The form that is open, if `editor` finds one. */
function formOf(editor) {
  const field = (name) => editor().querySelector(`[data-field="${name}"]`);
  const picked = (name) => editor().querySelector(`[data-field="${name}"]:checked`);

  /** What it holds. */
  function held() {
    return {
      key: editor().dataset.key,
      place: editor().dataset.place,
      text: field("text").value,
      tags: field("tags").value,
      colour: picked("colour")?.value ?? "",
      quoted: field("quoted").checked,
    };
  }

  /** Offer the tags that go on with what is typed. */
  function suggest() {
    const group = editor().querySelector(".used");
    const all = [...group.children];
    const some = offered(all.map((tag) => tag.dataset.tag), field("tags").value);
    for (const tag of all) tag.hidden = !some.includes(tag.dataset.tag);
    group.hidden = !some.length;
  }

  /** A tag that was offered is taken. */
  function tag({ dataset }) {
    field("tags").value = withTag(field("tags").value, dataset.tag);
    suggest();
    field("tags").focus();
  }

  /** Say in the form why it was not saved; nothing, if it is for another reason. */
  function refused(why) {
    const told = editor().querySelector(".refused");
    delete editor().dataset.saving;
    told.hidden = why === undefined;
    told.textContent = why ?? "";
  }

  return { field, picked, held, suggest, tag, refused };
}
