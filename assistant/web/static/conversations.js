// Earlier conversations beside the chat, and what is done with an answer: copied, judged.
(() => {
  const OUTCOME_SHOWN_MS = 2000;

  // Scrolls to where the list led: the turn that a search found, or the newest.
  window.jiwenShowTurn = () => {
    document.body.classList.remove("shelf-open");
    const wanted = window.jiwenSearchedTurn || new URLSearchParams(location.search).get("turn");
    const match = wanted && document.getElementById(`source-${wanted}`);
    const turn = match || document.querySelector("#current .turn");
    turn?.scrollIntoView({ block: "start" });
    match?.classList.add("wanted");
  };

  async function copy(button) {
    const [text, html] = [button.nextElementSibling, button.nextElementSibling.nextElementSibling];
    told(button, await writeClipboard(text.content.textContent, html?.innerHTML));
  }

  function told(button, done) {
    const label = button.dataset.label ?? button.textContent;
    button.dataset.label = label;
    button.textContent = done ? "已复制" : "没有复制成，请选中文字再复制";
    setTimeout(() => (button.textContent = label), OUTCOME_SHOWN_MS);
  }

  // Tables go along as tables. A page that is not served over https has no clipboard of its own, only the old way.
  async function writeClipboard(text, html = "") {
    if (navigator.clipboard) {
      const kinds = { "text/plain": new Blob([text], { type: "text/plain" }) };
      if (html) kinds["text/html"] = new Blob([html], { type: "text/html" });
      const done = await navigator.clipboard.write([new ClipboardItem(kinds)]).then(() => true, () => false);
      if (done) return true;
    }
    const asWell = (event) => {
      event.preventDefault();
      event.clipboardData.setData("text/plain", text);
      if (html) event.clipboardData.setData("text/html", html);
    };
    document.addEventListener("copy", asWell, { once: true });
    const done = document.execCommand("copy");
    document.removeEventListener("copy", asWell);
    return done;
  }

  async function save(button) {
    button.disabled = true;
    const wanted = { conversation: window.jiwenCurrentConversation(), kind: button.dataset.saveConversation };
    const file = await window.jiwenConversationFile(wanted).catch(() => null);
    button.disabled = false;
    if (file) window.jiwenSaveFile(file);
    else window.jiwenNotice("没有导出成，请稍后再试。");
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

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-link], [data-save-conversation], [data-rate]");
    if (!button) return;
    if (button.matches("[data-copy]")) return void copy(button);
    if (button.matches("[data-save-conversation]")) return void save(button);
    if (button.matches("[data-copy-link]")) {
      const { turn, place } = button.dataset;
      const link = place ? window.jiwenLink({ place }) : turn ? window.jiwenAnswerLink(turn) : location.href;
      return void told(button, await writeClipboard(link));
    }
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
