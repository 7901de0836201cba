// What is subscribed under the board's filters, and what was told of it.
(() => {
  const LOOK_EVERY_MS = 60_000;
  const PAGE = "站内"; // the way that needs no address
  const frame = () => document.querySelector("#subscriptions .subscriptions");
  const chosen = () => JSON.parse(document.querySelector("#board .board[data-choice]")?.dataset.choice || "{}");

  async function send(act, more = {}) {
    if (!window.jiwenSubscriptions || !frame()) return;
    const sent = { act, choice: {}, channel: PAGE, address: "", number: 0, ...more };
    const html = await window.jiwenSubscriptions(sent).catch(() => null);
    if (html === null) return act !== "list" && window.jiwenNotice("没有连上服务，请稍后再试。");
    if (act === "list" && frame().contains(document.activeElement)) return; // who is writing goes on
    frame().innerHTML = html;
  }

  window.jiwenElements.whenInView(
    () => document.getElementById("subscriptions")?.closest("[role=tabpanel]"),
    "#subscriptions .subscriptions",
    () => send("list"),
  );
  setInterval(() => !document.hidden && frame()?.checkVisibility() && send("list"), LOOK_EVERY_MS);
  document.addEventListener("change", ({ target }) => {
    if (!target.matches?.("#subscriptions [name=channel]")) return;
    const address = target.form.address;
    if (!address) return;
    address.parentElement.hidden = target.value === PAGE;
    address.required = target.value !== PAGE;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("#subscriptions form");
    if (!form) return;
    event.preventDefault();
    send("add", { choice: chosen(), channel: form.channel.value, address: form.address?.value ?? "" });
  });
  document.addEventListener("click", ({ target }) => {
    const drop = target.closest?.("#subscriptions [data-drop]");
    if (drop) send("drop", { number: Number(drop.dataset.drop) });
  });
  // Whoever unfolds a message has seen that there are new ones.
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.closest?.("#subscriptions .notices li.new")) {
      for (const one of frame().querySelectorAll(".notices .new")) one.classList.remove("new");
      frame().querySelector("summary b")?.remove();
      window.jiwenSubscriptions({ act: "read", choice: {}, channel: PAGE, address: "", number: 0 })
        .then(() => document.dispatchEvent(new CustomEvent("jiwen-listed")), () => null);
    }
  }, { capture: true });
})();
