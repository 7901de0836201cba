// Says that a panel is being made, from the click until the server has answered, and keeps the
// last click that came meanwhile until then.
(() => {
  const SIGN_AFTER_MS = 200; // what takes less than this needs no sign
  const waiting = new Map();
  const next = new Map();

  window.jiwenIsBusy = (name) => document.getElementById(name).ariaBusy === "true";

  window.jiwenWhenIdle = (name, act) => {
    if (window.jiwenIsBusy(name)) return next.set(name, act);
    window.jiwenBusy(name, true);
    act();
  };

  window.jiwenBusy = (name, busy) => {
    const panel = document.getElementById(name);
    clearTimeout(waiting.get(name));
    document.getElementById(`${name}-busy`)?.remove();
    panel.setAttribute("aria-busy", String(busy));
    if (busy) waiting.set(name, setTimeout(() => sign(panel, name), SIGN_AFTER_MS));
    else if (next.has(name)) {
      const act = next.get(name);
      next.delete(name);
      window.jiwenWhenIdle(name, act);
    }
  };

  function sign(panel, name) {
    const words = panel.querySelector(".board") ? "正在重新汇总" : "正在汇总，文件多时第一次要等一会儿";
    const note = document.createElement("p");
    Object.assign(note, { id: `${name}-busy`, className: "busy thinking" });
    note.setAttribute("role", "status");
    note.append(words, ...Array.from({ length: 3 }, () => document.createElement("i")));
    panel.before(note);
  }
})();
