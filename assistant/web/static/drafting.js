// An edited draft as it is in the page: read as text, put back from text, kept when its writer pauses, gone through.
(() => {
  const PIECES = /\[(\d+)\]|(【待填：[^】]+】)|(【待核实】)/g; // as html/drafts.py draws them
  const { element } = window.jiwenElements;
  let current = 0;
  let given = null; // a text that takes the place of the page's, once

  const sheet = () => document.getElementById("draft-sheet");
  const paragraphs = () => [...document.querySelectorAll("#draft-sheet .draft-p")];

  // A paragraph a line, each source as its marker.
  function textOf(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.dataset?.marker) return `[${node.dataset.marker}]`;
    return [...node.childNodes].map(textOf).join("");
  }
  const lineOf = (paragraph) => textOf(paragraph).replace(/\s+/g, " ").trim();
  const lines = () => paragraphs().map(lineOf);

  // A line as the paragraph that it was, its sources to be opened again.
  function fill(paragraph, line) {
    const parts = [];
    let end = 0;
    for (const match of line.matchAll(PIECES)) {
      const [all, marker, blank] = match;
      parts.push(line.slice(end, match.index));
      const source = marker && sources.get(marker);
      const template = marker && document.querySelector(`#draft-sheet template[id$="-${marker}"]`);
      if (source && template) {
        const button = source.cloneNode(true);
        button.removeAttribute("aria-expanded");
        button.dataset.source = template.id; // of the sheet as it was drawn last
        parts.push(button);
      }
      else parts.push(element(marker ? "span" : "mark", all, marker ? "unfounded" : blank ? "blank" : "doubt"));
      end = match.index + all.length;
    }
    paragraph.replaceChildren(...parts, line.slice(end));
  }

  function text() {
    if (!given) document.dispatchEvent(new CustomEvent("jiwen-draft-read"));
    const told = given ?? lines();
    given = null;
    return told.join("\n");
  }

  // -- what is edited is kept when the writer pauses; until then the page is not left without a word

  const PAUSE_MS = 1500;
  let timer = 0, unsaved = false;
  function touched() {
    unsaved = true;
    count();
    clearTimeout(timer);
    timer = setTimeout(() => window.jiwenDraftEdited(), PAUSE_MS);
  }
  document.addEventListener("input", (event) => event.target.closest?.("#draft-sheet .draft-p") && touched());
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
  const seen = new WeakSet(); // what has told that the draft is stored
  function told() {
    const fresh = [...document.querySelectorAll("#draft-bar [data-draft-id]")].filter((note) => !seen.has(note));
    if (!fresh.length) return;
    fresh.forEach((note) => seen.add(note));
    unsaved = false;
    clearTimeout(timer);
    document.dispatchEvent(new CustomEvent("jiwen-draft", { detail: fresh[0].dataset.draftId }));
  }

  // Somebody else stored this draft meanwhile: theirs is opened, or this one is stored beside it.
  document.addEventListener("click", ({ target }) => {
    const wanted = target.closest?.("[data-resolve]");
    if (!wanted) return;
    clearTimeout(timer);
    if (wanted.dataset.resolve === "mine") return window.jiwenDraftBeside();
    document.dispatchEvent(new CustomEvent("jiwen-draft-read"));
    window.jiwenShowDraft(wanted.closest("[data-conflict]").dataset.conflict);
    window.jiwenNotice("您的文字还在：按“撤销”就能找回。");
  });

  // -- what is left to check and to fill in, from one to the next, round and round

  const marks = (kind) => [...document.querySelectorAll(`#draft-sheet .draft :is(.draft-p, .draft-table) mark.${kind}`)];
  function count() {
    for (const group of document.querySelectorAll("#draft-editing .places")) {
      const open = marks(group.dataset.kind);
      const at = open.findIndex((mark) => mark.classList.contains("here"));
      const told = at < 0 ? String(open.length) : `${at + 1}/${open.length}`;
      const shown = group.querySelector("b");
      if (shown.textContent !== told) shown.textContent = told;
      for (const button of group.querySelectorAll("button")) button.disabled = !open.length;
    }
  }
  function go(kind, step) {
    const open = marks(kind);
    const at = open.findIndex((mark) => mark.classList.contains("here"));
    const next = open.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step) % open.length);
    for (const mark of document.querySelectorAll("#draft-sheet mark.here")) mark.classList.remove("here");
    next.classList.add("here");
    next.scrollIntoView({ block: "center" });
    next.closest(".draft-p")?.focus({ preventScroll: true });
    count();
  }
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("#draft-editing .places button");
    if (button) go(button.parentElement.dataset.kind, Number(button.dataset.step));
    if (target.closest?.("[data-close-comparison]")) document.body.classList.remove("draft-comparing");
  });

  // What changed between two versions stands above the sheet.
  function compare() {
    document.body.classList.add("draft-comparing");
    document.getElementById("draft-comparison").scrollIntoView({ block: "start" });
  }

  document.addEventListener("focusin", (event) => {
    const paragraph = event.target.closest?.("#draft-sheet .draft-p");
    if (!paragraph) return;
    current = Number(paragraph.dataset.n);
    for (const other of paragraphs()) other.classList.toggle("current", other === paragraph);
  });

  // -- another text on the sheet

  const sources = new Map(); // the buttons of the sheet's sources by their markers
  function drawn() {
    sources.clear();
    for (const button of document.querySelectorAll("#draft-sheet button.cite[data-marker]"))
      if (!sources.has(button.dataset.marker)) sources.set(button.dataset.marker, button.cloneNode(true));
    count();
    document.dispatchEvent(new CustomEvent("jiwen-draft-drawn"));
  }
  const isNew = (changes) => changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.matches?.("article.draft, :has(article.draft)")));
  const watch = (id, act) => window.jiwenElements.whenDrawn(
    () => document.getElementById(id),
    (part) => new MutationObserver(act).observe(part, { childList: true, subtree: true }),
  );
  watch("draft-bar", () => (told(), count())); // the tools come when there is a draft
  watch("draft-sheet", (changes) => isNew(changes) && drawn());

  // -- words of a paragraph as ranges

  // The words of a paragraph between its sources, as runs of text nodes: nothing is found across a source.
  function runs(paragraph) {
    const found = [[]];
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (node) =>
      node.nodeType === Node.TEXT_NODE || node.dataset.marker ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType !== Node.TEXT_NODE) found.push([]);
      else if (!node.parentElement.closest("[data-marker]")) found.at(-1).push(node);
    }
    return found;
  }

  function place(nodes, offset, isEnd) {
    for (const node of nodes) {
      if (offset < node.length || (isEnd && offset === node.length)) return [node, offset];
      offset -= node.length;
    }
    return [nodes.at(-1), nodes.at(-1).length];
  }

  function withinRun(nodes, wanted) {
    const text = nodes.map((node) => node.data).join("").toLowerCase();
    const found = [];
    for (let from = text.indexOf(wanted); from >= 0; from = text.indexOf(wanted, from + wanted.length)) {
      const range = document.createRange();
      range.setStart(...place(nodes, from, false));
      range.setEnd(...place(nodes, from + wanted.length, true));
      found.push(range);
    }
    return found;
  }

  // Where lower-case words stand in a paragraph.
  const within = (paragraph, wanted) => runs(paragraph).flatMap((nodes) => withinRun(nodes, wanted));

  // Has the server put this text on the sheet, as it does with an edited one.
  function give(wanted) {
    given = wanted;
    document.getElementById("draft-check").click();
  }

  window.jiwenDraft = { text, current: () => current, paragraphs, lines, lineOf, fill, touched, give, compare, within };
})();
