// Reads an edited draft back from the page: a paragraph a line, each source as its marker.
(() => {
  let current = 0;

  function textOf(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.dataset?.marker) return `[${node.dataset.marker}]`;
    return [...node.childNodes].map(textOf).join("");
  }

  const paragraphs = () => [...document.querySelectorAll("#draft-sheet .draft-p")];
  window.jiwenDraft = {
    text: () => paragraphs().map((p) => textOf(p).replace(/\s+/g, " ").trim()).join("\n"),
    current: () => current,
    next,
  };

  // From one place that is left to fill in or to check to the next, round and round.
  let place = -1;
  function next() {
    const open = [...document.querySelectorAll("#draft-sheet .draft-p mark:is(.blank, .doubt)")];
    if (!open.length) return window.jiwenNotice("没有待填和待核实的地方了。");
    place = (place + 1) % open.length;
    open.forEach((mark, number) => mark.classList.toggle("here", number === place));
    open[place].scrollIntoView({ block: "center" });
    open[place].closest(".draft-p").focus({ preventScroll: true });
  }

  // What is edited is kept when the writer pauses; until then the page is not left without a word.
  const PAUSE_MS = 1500;
  let timer = 0, unsaved = false;
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("#draft-sheet .draft-p")) return;
    unsaved = true;
    clearTimeout(timer);
    timer = setTimeout(() => window.jiwenDraftEdited(), PAUSE_MS);
  });
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
  const told = new MutationObserver(() => {
    const id = document.querySelector("#draft-note [data-draft-id]")?.dataset.draftId;
    if (!id) return;
    unsaved = false;
    document.dispatchEvent(new CustomEvent("jiwen-draft", { detail: id }));
  });
  window.jiwenElements.whenDrawn(
    () => document.getElementById("draft-note"),
    (note) => told.observe(note, { childList: true, subtree: true }),
  );

  document.addEventListener("focusin", (event) => {
    const paragraph = event.target.closest?.("#draft-sheet .draft-p");
    if (!paragraph) return;
    current = Number(paragraph.dataset.n);
    for (const other of paragraphs()) other.classList.toggle("current", other === paragraph);
  });
})();
