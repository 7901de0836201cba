// Earlier conversations beside the chat, and what is done with an answer: copied, judged.
(() => {
  // Where the list led to: the turn that was found, or the newest.
  window.jiwenTurn = () => {
    document.body.classList.remove("shelf-open");
    const wanted = window.jiwenWanted && document.getElementById(`source-${window.jiwenWanted}`);
    const turn = wanted || document.querySelector("#current .turn");
    turn?.scrollIntoView({ block: "start" });
    wanted?.classList.add("wanted");
  };

  async function copy(button) {
    const text = button.nextElementSibling.content.textContent;
    const words = (await put(text)) ? "已复制" : "没有复制成，请选中文字再复制";
    const before = button.dataset.words ?? button.textContent;
    Object.assign(button.dataset, { words: before });
    button.textContent = words;
    setTimeout(() => (button.textContent = before), 2000);
  }

  // A page that is not served over https has no clipboard of its own, only the old way.
  async function put(text) {
    if (navigator.clipboard) {
      const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
      if (done) return true;
    }
    const held = document.createElement("textarea");
    const focused = document.activeElement;
    held.value = text;
    document.body.append(held);
    held.select();
    const done = document.execCommand("copy");
    held.remove();
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
    const made = document.createRange().createContextualFragment(html).firstElementChild;
    rating.replaceWith(made);
    made.querySelector(focused)?.focus({ preventScroll: true });
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
