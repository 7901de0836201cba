// Comments beside a draft: what they are about is marked on the sheet, and written for the words chosen there.
(() => {
  const MARKED = "jiwen-commented"; // the name of a highlight, see draft_comments.css
  const MAX_PASSAGE = 500; // as text_limits.py has it
  const draft = window.jiwenDraft;
  const panel = () => document.getElementById("draft-comments");
  let id = ""; // of the draft on the sheet
  let chosen = null; // the paragraph and the words that a new comment is about
  let asked = 0;

  // Does something with the comments of the draft and shows them as they are then; whether it was done.
  async function send(act, more = {}) {
    if (!id || !window.jiwenDraftComments) return false;
    const turn = ++asked, about = id;
    const html = await window.jiwenDraftComments({ draft: about, act, words: "", passage: "", number: 0, on: false, ...more }).catch(() => null);
    if (html === null) window.jiwenNotice("批注没有连上服务，请稍后再试。");
    if (html === null || turn !== asked || about !== id) return false;
    const written = panel().querySelector("textarea")?.value ?? "";
    const at = document.activeElement?.closest("#draft-comments li, #draft-comments form");
    if (act === "list" && (written || at)) return mark(); // who is writing goes on
    panel().firstElementChild?.replaceChildren();
    draw(html);
    const failed = panel().querySelector(".failure");
    if (failed && act === "add") panel().querySelector("textarea").value = more.words;
    return !failed;
  }
  function draw(html) {
    const place = panel().querySelector(".comments-place") ?? panel().appendChild(document.createElement("div"));
    place.className = "comments-place";
    place.innerHTML = html;
    choose(chosen);
    mark();
  }

  // The words that are chosen in a paragraph, else the paragraph; sources as their markers.
  function choose(wanted) {
    chosen = wanted;
    const form = panel()?.querySelector("[data-comment=add]");
    if (!form) return;
    form.querySelector("q").textContent = wanted ? wanted.passage.replace(/\[\d+\]/g, "") : "";
    form.querySelector("[type=submit]").disabled = !wanted;
  }
  function paragraphOf(node) {
    return (node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement)?.closest("#draft-sheet .draft-p");
  }
  function look() {
    const selection = getSelection();
    const paragraph = selection.rangeCount ? paragraphOf(selection.getRangeAt(0).commonAncestorContainer) : null;
    if (!paragraph) return;
    const part = document.createElement("p");
    part.append(selection.getRangeAt(0).cloneContents());
    const words = draft.lineOf(part) || draft.lineOf(paragraph);
    if (words) choose({ number: Number(paragraph.dataset.n), passage: words.slice(0, MAX_PASSAGE) });
  }
  document.addEventListener("selectionchange", look);
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches?.("#draft-sheet .draft-p")) setTimeout(look);
  });

  // What a comment is about now: its own paragraph, else the nearest with its words, as comments.py has it.
  function paragraphFor(thread) {
    const passage = thread.querySelector(".passage").textContent, own = Number(thread.dataset.paragraph);
    const near = draft.paragraphs().sort((a, b) => Math.abs(a.dataset.n - own) - Math.abs(b.dataset.n - own));
    return near.find((paragraph) => draft.lineOf(paragraph).includes(passage));
  }
  function mark() {
    const ranges = [];
    for (const thread of panel()?.querySelectorAll("li[data-number]") ?? []) {
      const paragraph = paragraphFor(thread);
      thread.classList.toggle("gone", !paragraph);
      if (!paragraph || thread.closest("details")) continue;
      for (const words of thread.querySelector(".passage").textContent.split(/\[\d+\]/))
        ranges.push(...(words.trim() ? draft.within(paragraph, words.toLowerCase()).slice(0, 1) : []));
    }
    if (window.Highlight) CSS.highlights.set(MARKED, new Highlight(...ranges));
    return true;
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest?.("#draft-comments [data-comment]");
    if (!form) return;
    event.preventDefault();
    const words = form.words.value, number = Number(form.closest("li")?.dataset.number ?? chosen?.number);
    form.querySelector("[type=submit]").disabled = true;
    if (form.dataset.comment === "answer") await send("answer", { words, number });
    else if (chosen) await send("add", { words, ...chosen });
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("#draft-comments button");
    const thread = button?.closest("li[data-number]");
    if (!button) return;
    if (button.dataset.settle !== undefined) send("settle", { number: Number(thread.dataset.number), on: Boolean(button.dataset.settle) });
    if (button.dataset.share !== undefined) send("share", { on: Boolean(button.dataset.share) });
    if (button.dataset.toPassage !== undefined) paragraphFor(thread)?.scrollIntoView({ block: "center" });
  });

  // -- which draft is on the sheet

  function opened(now) {
    if (now && now !== id) {
      id = now;
      chosen = null;
      draw("");
    }
    send("list");
  }
  document.addEventListener("jiwen-draft", ({ detail }) => opened(detail));
  document.addEventListener("jiwen-draft-drawn", () => opened(document.querySelector("#draft-sheet [data-draft]")?.dataset.draft));
  document.addEventListener("visibilitychange", () => !document.hidden && id && send("list"));
})();
