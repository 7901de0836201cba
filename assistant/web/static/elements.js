// What the other scripts share: elements of the page, requests to the server, a tab that comes into view.
window.jiwenElements = (() => {
  function element(name, text = "", className = "") {
    const node = document.createElement(name);
    node.textContent = text;
    if (className) node.className = className;
    return node;
  }

  function button(text, action, className = "") {
    const node = element("button", text, className);
    node.type = "button";
    node.addEventListener("click", () => action());
    return node;
  }

  // The server's JSON; or, as `error`, why there is none. Who has to sign in is led there.
  async function askServer(address, method = "GET", body) {
    const content = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(address, { method, ...content }).catch(() => null);
    if (!response) return { error: "没有连上服务，请稍后再试。" };
    if (response.status === 401) location.assign("/login");
    const reply = await response.json().catch(() => ({}));
    return response.ok ? reply : { error: reply.error ?? "服务没有回答，请稍后再试。" };
  }

  // Where the place in a document is shown, as `sources/source_view.py` has it.
  function sourceAddress(documentId, location, quote = "") {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(location))
      if (value !== null && value !== undefined) query.set(name, String(value));
    if (quote) query.set("quote", quote.slice(0, 300));
    return `/source/${documentId}?${query}`;
  }

  // Calls `refresh` whenever the tab comes into view, from when gradio has drawn the `part` in it.
  function whenInView(tab, part, refresh) {
    const drawing = new MutationObserver(() => {
      if (!tab()?.querySelector(part)) return;
      drawing.disconnect();
      new IntersectionObserver(([entry]) => entry.isIntersecting && refresh()).observe(tab());
    });
    drawing.observe(document.documentElement, { childList: true, subtree: true });
  }

  return { element, button, askServer, sourceAddress, whenInView };
})();
