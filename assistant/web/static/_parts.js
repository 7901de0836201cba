// What the tabs are made of that scripts draw. By its name this file stands before theirs.
window.jiwenParts = (() => {
  function element(name, words = "", kind = "") {
    const made = document.createElement(name);
    made.textContent = words;
    if (kind) made.className = kind;
    return made;
  }

  function button(words, action, kind = "") {
    const made = element("button", words, kind);
    made.type = "button";
    made.addEventListener("click", () => action());
    return made;
  }

  // What the server says; or, as `error`, why it says nothing. Who has to sign in is led there.
  async function ask(address, method = "GET", body) {
    const sent = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const reply = await fetch(address, { method, ...sent }).catch(() => null);
    if (!reply) return { error: "没有连上服务，请稍后再试。" };
    if (reply.status === 401) location.assign("/login");
    const told = await reply.json().catch(() => ({}));
    return reply.ok ? told : { error: told.error ?? "服务没有回答，请稍后再试。" };
  }

  return { element, button, ask };
})();
