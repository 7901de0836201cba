// Opens a citation beside the answer, follows the newest answer, and keeps both reachable by keyboard.
(() => {
  document.documentElement.lang = "zh-CN";
  let opener = null;
  const panel = () => document.getElementById("source-panel");

  function open(button) {
    const template = document.getElementById(button.dataset.source);
    if (!template || !panel()) return;
    close();
    opener = button;
    panel().querySelector(".source-body").replaceChildren(template.content.cloneNode(true));
    document.body.classList.add("source-open");
    for (const other of document.querySelectorAll(`[data-source="${button.dataset.source}"]`))
      other.setAttribute("aria-expanded", "true");
    panel().querySelector(".source-close").focus({ preventScroll: true });
    const mark = panel().querySelector("mark");
    panel().scrollTop = mark ? mark.offsetTop - panel().clientHeight / 2 : 0;
  }

  function close() {
    document.body.classList.remove("source-open");
    for (const button of document.querySelectorAll("[data-source][aria-expanded]"))
      button.removeAttribute("aria-expanded");
    opener?.isConnected && opener.focus({ preventScroll: true });
    opener = null;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-source]");
    if (button) open(button);
    else if (event.target.closest(".source-close")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("source-open")) close();
  });

  // The newest answer is followed while it grows, until the reader scrolls away.
  let following = false;
  let thinking = false;
  for (const gesture of ["wheel", "touchmove"])
    document.addEventListener(gesture, () => (following = false), { passive: true });

  function follow(current) {
    const asked = current.querySelector(".thinking") !== null;
    if (asked && !thinking) {
      close();
      following = true;
    }
    thinking = asked;
    const fits = current.offsetHeight < innerHeight - 160;
    if (following) current.scrollIntoView({ block: fits ? "nearest" : "start" });
  }

  const start = new MutationObserver(() => {
    const current = document.getElementById("current");
    if (!current) return;
    start.disconnect();
    current.setAttribute("aria-live", "polite");
    new MutationObserver(() => follow(current)).observe(current, { childList: true, subtree: true });
  });
  start.observe(document.documentElement, { childList: true, subtree: true });
})();
