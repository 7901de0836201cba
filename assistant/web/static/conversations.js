// Earlier conversations beside the chat, and what is done with an answer: copied, judged.
(() => {
  const OUTCOME_SHOWN_MS = 2000;

  // Scrolls to where the list led: the turn that a search found, or the newest.
  window.jiwenShowTurn = () => {
    document.body.classList.remove("shelf-open");
    const match = window.jiwenSearchedTurn && document.getElementById(`source-${window.jiwenSearchedTurn}`);
    const turn = match || document.querySelector("#current .turn");
    turn?.scrollIntoView({ block: "start" });
    match?.classList.add("wanted");
  };

  async function copy(button) {
    const text = button.nextElementSibling.content.textContent;
    const outcome = (await writeClipboard(text)) ? "已复制" : "没有复制成，请选中文字再复制";
    const label = button.dataset.label ?? button.textContent;
    button.dataset.label = label;
    button.textContent = outcome;
    setTimeout(() => (button.textContent = label), OUTCOME_SHOWN_MS);
  }

  // A page that is not served over https has no clipboard of its own, only the old way.
  async function writeClipboard(text) {
    if (navigator.clipboard) {
      const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
      if (done) return true;
    }
    const field = document.createElement("textarea");
    const focused = document.activeElement;
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    focused?.focus({ preventScroll: true });
    return done;
  }

  async function rate(rating, kind, note, focused) {
    const turn = rating.dataset.rated;
    const html = await window.jiwenRate({ turn, kind, note }).catch(() => "");
    if (!html) {
      const failed = Object.assign(document.createElement("span"), { className: "unfounded", role: "alert" });
      failed.textContent = "没有记下，请稍后再试";
      rating.append(failed);
      return;
    }
    const buttons = document.createRange().createContextualFragment(html).firstElementChild;
    rating.replaceWith(buttons);
    buttons.querySelector(focused)?.focus({ preventScroll: true });
  }

  const noteOf = (rating) => rating.querySelector("input[name=note]")?.value ?? "";

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-rate]");
    if (!button) return;
    if (button.matches("[data-copy]")) return void copy(button);
    const rating = button.closest("[data-rated]");
    const { rate: kind } = button.dataset;
    rate(rating, kind, noteOf(rating), `[data-rate="${kind}"]`);
  });
  document.addEventListener("submit", (event) => {
    const rating = event.target.closest("[data-rated]");
    if (!rating) return;
    event.preventDefault();
    const { rate: kind } = rating.querySelector('[aria-pressed="true"]').dataset;
    rate(rating, kind, noteOf(rating), ".remark button");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.body.classList.remove("shelf-open");
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#shelf, #drawer")) document.body.classList.remove("shelf-open");
  });
})();
