// Find and replace over a draft: what is found is marked without changing the text, sources and their marks stay.
(() => {
  const FOUND = "jiwen-found", HERE = "jiwen-found-here"; // names of highlights, see drafting.css
  const draft = window.jiwenDraft;
  const form = () => document.getElementById("draft-find");
  let ranges = [], at = -1;

  function find() {
    const wanted = form().wanted.value.toLowerCase();
    ranges = wanted ? draft.paragraphs().flatMap((paragraph) => draft.within(paragraph, wanted)) : [];
    if (at >= ranges.length) at = -1;
    show();
  }

  function show() {
    if (window.Highlight) {
      CSS.highlights.set(FOUND, new Highlight(...ranges));
      CSS.highlights.set(HERE, new Highlight(...(ranges[at] ? [ranges[at]] : [])));
    }
    const count = ranges.length ? `${at < 0 ? "" : `第${at + 1}处，`}共${ranges.length}处` : "没有找到";
    form().querySelector("output").textContent = form().wanted.value ? count : "";
  }

  function next() {
    find();
    if (!ranges.length) return;
    at = (at + 1) % ranges.length;
    ranges[at].startContainer.parentElement.scrollIntoView({ block: "center" });
    show();
  }

  function put(range) {
    range.deleteContents();
    const instead = form().instead.value;
    if (instead) range.insertNode(document.createTextNode(instead));
  }

  // The text before is kept for 撤销, and so is the one after.
  function change(act) {
    const keep = () => document.dispatchEvent(new CustomEvent("jiwen-draft-read"));
    keep();
    act();
    for (const paragraph of draft.paragraphs()) paragraph.normalize();
    keep();
    draft.touched();
  }

  function replaceOne() {
    if (at < 0 || !ranges[at]) return next();
    const here = at;
    change(() => put(ranges[here]));
    at = here - 1;
    next();
  }

  function replaceAll() {
    find();
    const count = ranges.length;
    if (!count) return;
    change(() => ranges.toReversed().forEach(put));
    at = -1;
    find();
    form().querySelector("output").textContent = `已替换${count}处`;
  }

  function open(on) {
    form().hidden = !on;
    document.querySelector('#draft-editing [data-edit="find"]').ariaExpanded = String(on);
    if (on) {
      form().wanted.select();
      return find();
    }
    for (const name of [FOUND, HERE]) CSS.highlights?.delete(name);
  }

  const acts = { find: () => open(form().hidden), "find-close": () => open(false), replace: replaceOne, "replace-all": replaceAll };
  document.addEventListener("click", ({ target }) => acts[target.closest?.("#draft-editing [data-edit]")?.dataset.edit]?.());
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    next();
  });
  document.addEventListener("input", ({ target }) => {
    if (form()?.contains(target) && target.name === "wanted") (at = -1), find();
    else if (form() && !form().hidden && target.closest?.("#draft-sheet")) find();
  });
  document.addEventListener("jiwen-draft-drawn", () => form() && !form().hidden && ((at = -1), find()));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && form()?.contains(event.target)) open(false);
  });
})();
