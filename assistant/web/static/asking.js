// What a question leads to: asked again, without a part of its scope, put into the box, followed by another; what is typed is kept.
(() => {
  const KEPT = "jiwen-question"; // what was typed when the page had to be left
  const box = () => document.querySelector("#question textarea");

  function write(text) {
    const field = box();
    if (!field) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  const questionOf = (node) => {
    const heading = node.closest(".turn").querySelector(".question");
    return [...heading.childNodes].filter((part) => part.nodeType === Node.TEXT_NODE).map((part) => part.data).join("");
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-ask], [data-ask-again], [data-edit-question]");
    if (!button) return;
    if (button.dataset.ask) return window.jiwenAsk(button.dataset.ask);
    const question = questionOf(button);
    if (button.matches("[data-edit-question]")) write(question);
    else window.jiwenAsk(question, button.dataset.without ?? "");
  });

  // Before the page is left against the reader's will: what stands in the box, or is being answered.
  window.jiwenKeepQuestion = () => {
    const asked = document.querySelector("#current .thinking, #current .growing");
    const text = box()?.value || (asked ? questionOf(asked) : "");
    if (text) sessionStorage.setItem(KEPT, text);
  };

  window.jiwenElements.whenDrawn(box, () => {
    const kept = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    if (kept) setTimeout(() => write(kept));
  });
})();
