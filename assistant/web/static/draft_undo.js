// Undo and redo over a whole draft: typing in several paragraphs, replacing everywhere, what the server wrote anew.
(() => {
  const GROUP_MS = 1200; // what is typed without a longer pause is undone together
  const MOST = 200;
  const draft = window.jiwenDraft;
  const inSheet = (event) => event.target.closest?.("#draft-sheet .draft-p");
  let states = [], at = -1, id = "", last = 0, edited = null, waiting = false;

  const said = (lines) => lines.filter(Boolean).join("\n"); // an emptied paragraph goes when the server checks
  const same = (a, b) => said(a) === said(b);

  // What the sheet says now is a state of its own.
  function note() {
    const now = draft.lines();
    if (!now.length || (at >= 0 && same(states[at], now))) return show();
    states = [...states.slice(0, at + 1), now].slice(-MOST);
    at = states.length - 1;
    show();
  }

  function show() {
    const tools = { undo: at > 0, redo: at < states.length - 1 };
    for (const [name, can] of Object.entries(tools)) {
      const button = document.querySelector(`#draft-editing [data-edit="${name}"]`);
      if (button) button.disabled = !can;
    }
  }

  function go(step) {
    if (waiting) return;
    note();
    const wanted = states[at + step];
    if (!wanted) return;
    at += step;
    last = 0;
    const paragraphs = draft.paragraphs();
    if (paragraphs.length !== wanted.length) {
      waiting = true; // a paragraph went or came: the server draws them
      draft.give(wanted);
    } else {
      const changed = paragraphs.filter((paragraph, number) => draft.lineOf(paragraph) !== wanted[number]);
      for (const paragraph of changed) draft.fill(paragraph, wanted[paragraphs.indexOf(paragraph)]);
      changed[0]?.scrollIntoView({ block: "nearest" });
      changed[0]?.focus({ preventScroll: true });
      draft.touched();
    }
    show();
  }

  document.addEventListener("beforeinput", (event) => {
    const paragraph = inSheet(event);
    if (!paragraph) return;
    if (event.inputType.startsWith("history")) { // the browser's own knows nothing of what we put in
      event.preventDefault();
      return go(event.inputType === "historyUndo" ? -1 : 1);
    }
    waiting = false;
    if (paragraph !== edited || Date.now() - last > GROUP_MS) note();
    [edited, last] = [paragraph, Date.now()];
  });
  document.addEventListener("input", (event) => {
    if (!inSheet(event)) return;
    const undo = document.querySelector('#draft-editing [data-edit="undo"]');
    if (undo) undo.disabled = false;
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !inSheet(event)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    go(key === "y" || event.shiftKey ? 1 : -1);
  });
  document.addEventListener("click", ({ target }) => {
    const name = target.closest?.("#draft-editing [data-edit]")?.dataset.edit;
    if (name === "undo") go(-1);
    if (name === "redo") go(1);
  });

  document.addEventListener("jiwen-draft-read", note);
  document.addEventListener("jiwen-draft-drawn", () => {
    waiting = false;
    const named = document.querySelector("#draft-sheet article.draft")?.dataset.draft;
    if (named && named !== id) [states, at, id] = [[], -1, named];
    note();
  });
})();
