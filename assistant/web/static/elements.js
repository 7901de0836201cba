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

  const localTime = (iso) => new Date(iso).toLocaleString("zh-CN", { hour12: false });

  function table(heads, rows) {
    const body = element("table");
    const head = element("tr");
    head.append(...heads.map((text) => element("th", text)));
    body.append(head);
    for (const cells of rows) {
      const row = element("tr");
      for (const cell of cells) {
        const column = element("td");
        column.append(cell);
        row.append(column);
      }
      body.append(row);
    }
    const frame = Object.assign(element("div", "", "frame"), { tabIndex: 0 });
    frame.append(body);
    return frame;
  }

  function showFailure(place, text) {
    place.querySelector(":scope > .failure")?.remove();
    if (text) place.append(element("p", text, "failure"));
    return Boolean(text);
  }

  function field(text, name, { options, ...attributes } = {}) {
    const label = element("label", text);
    label.append(Object.assign(element(options ? "select" : "input"), { name, ...attributes }));
    if (options) label.lastChild.append(...options);
    return label;
  }

  function form(fields, text, send) {
    const node = element("form");
    node.append(...fields, element("button", text));
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      const reply = await send(Object.fromEntries(new FormData(node)));
      if (!showFailure(node, reply.error)) node.reset();
    });
    return node;
  }

  // What a token may do, as `accounts/tokens.py` has it; when it ends; what is asked for a new one.
  const scopes = { ask: "只提问和查看", all: "主人能做的都能做" };
  const scopeName = (scope) => scopes[scope] ?? scope;
  const tokenEnd = (token) => (new Date(token.expires) < new Date() ? "已到期 " : "") + localTime(token.expires).split(" ")[0];
  const tokenFields = () => [
    field("给哪个程序用", "label", { maxLength: 100 }),
    field("范围", "scope", { options: Object.entries(scopes).map(([value, text]) => new Option(text, value)) }),
    field("多少天后到期", "days", { type: "number", min: 1, max: 730, value: 365, required: true }),
  ];

  // The server's JSON; or, as `error`, why there is none. Who has to sign in is led there.
  async function askServer(address, method = "GET", body) {
    const content = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(address, { method, ...content }).catch(() => null);
    if (!response) return { error: "没有连上服务，请稍后再试。" };
    if (response.status === 401) location.assign("/login");
    const reply = await response.json().catch(() => ({}));
    return response.ok ? reply : { error: reply.error ?? "服务没有回答，请稍后再试。", status: response.status };
  }

  // Where the place in a document is shown, as `sources/source_view.py` has it.
  function sourceAddress(documentId, location, quote = "") {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(location))
      if (value !== null && value !== undefined) query.set(name, String(value));
    if (quote) query.set("quote", quote.slice(0, 300));
    return `/source/${documentId}?${query}`;
  }

  // Calls `act` once, with what `find` finds, when gradio has drawn that.
  function whenDrawn(find, act) {
    const drawing = new MutationObserver(() => {
      const found = find();
      if (!found) return;
      drawing.disconnect();
      act(found);
    });
    drawing.observe(document.documentElement, { childList: true, subtree: true });
  }

  // Calls `refresh` whenever the tab comes into view, from when gradio has drawn the `part` in it.
  function whenInView(tab, part, refresh) {
    whenDrawn(
      () => tab()?.querySelector(part),
      () => new IntersectionObserver(([entry]) => entry.isIntersecting && refresh()).observe(tab()),
    );
  }

  return { element, button, table, field, form, showFailure, localTime, askServer, scopeName, tokenEnd, tokenFields, sourceAddress, whenDrawn, whenInView };
})();
