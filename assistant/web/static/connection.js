// A lost line is said and mended, an expired log-in leads to the log-in page; both come back to where one was.
(() => {
  const LOOK_EVERY_MS = 2000;
  const PROBE_EVERY_MS = 5000;
  const LOST = "连接中断，正在重连……";
  const ENGLISH = /Connection to the server was lost|reconnection/i;
  const send = window.fetch.bind(window);
  let lost = false, leaving = false;

  const own = (input) => new URL(input instanceof Request ? input.url : input, location.href).origin === location.origin;

  window.fetch = async (input, options) => {
    try {
      const reply = await send(input, options);
      if (reply.status === 401 && own(input)) signIn();
      return reply;
    } catch (error) {
      if (error.name !== "AbortError" && own(input)) suspect();
      throw error;
    }
  };
  // What is under way when the reader goes elsewhere fails as well; who stays goes on here.
  addEventListener("beforeunload", () => (leaving = true));
  for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => (leaving = false), { capture: true });
  addEventListener("offline", () => lose());
  setInterval(() => document.visibilityState === "visible" && suspect(), PROBE_EVERY_MS); // a page at rest asks nothing

  function signIn() {
    if (leaving) return;
    leaving = true;
    window.jiwenKeepQuestion();
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  // One failure is no proof: the line is lost if the server does not answer now either.
  async function suspect() {
    if (!lost && !leaving && !(await answers())) lose();
  }

  const answers = () => send("/healthz", { cache: "no-store" }).then((reply) => reply.ok, () => false);

  function lose() {
    if (lost || leaving) return;
    lost = true;
    const notice = Object.assign(document.createElement("p"), { id: "connection", textContent: LOST });
    notice.setAttribute("role", "status");
    document.body.prepend(notice);
    look();
  }

  // The page's session ended with the server's: it is opened anew, where it was.
  async function look() {
    if (!(await answers())) return setTimeout(look, LOOK_EVERY_MS);
    window.jiwenKeepQuestion();
    leaving = true;
    location.reload();
  }

  // gradio says the same in English, and says it of each page that is left, before one hears here that it is.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        for (const toast of node.querySelectorAll?.(".toast-body") ?? [])
          if (ENGLISH.test(toast.textContent)) toast.remove(), setTimeout(lose);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
