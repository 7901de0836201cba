// Says that a panel is being made, from the click until the server has answered.
(() => {
  const PATIENCE = 200; // what takes less than this needs no sign
  const waiting = new Map();

  window.jiwenBusy = (name, busy) => {
    const panel = document.getElementById(name);
    clearTimeout(waiting.get(name));
    document.getElementById(`${name}-busy`)?.remove();
    panel.setAttribute("aria-busy", String(busy));
    if (busy) waiting.set(name, setTimeout(() => sign(panel, name), PATIENCE));
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
