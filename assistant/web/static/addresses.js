// The page's address says what is shown, so that it can be sent on, and Back and Forward lead through it.
(() => {
  const TABS = ["chat", "board", "audit", "draft", "documents", "settings"]; // in the page's order
  const PLACE = /^\/source\/[0-9a-f]{1,64}(\?|$)/; // and no other address of this server
  const LOOK_EVERY_MS = 100;
  const FREE = "全部"; // how a filter begins that is not set
  const FILTERED = ["board", "audit"]; // the tabs whose filters stand in the address
  let following = false; // what the address says is being shown, not the other way about
  let listed = ""; // the filters of the list of files
  let awaited = null; // the filters that the address names, until they are drawn

  const query = () => new URLSearchParams(location.search);
  const tab = () => (TABS.includes(query().get("tab")) ? query().get("tab") : TABS[0]);
  const button = (name) => document.getElementById(`tab${TABS.indexOf(name)}-button`);
  const addressOf = (fields) => {
    const kept = new URLSearchParams(Object.entries(fields).filter(([, value]) => value));
    return kept.size ? `/?${kept}` : "/";
  };

  // Puts what is shown into the address; a step that Back undoes, unless it only says more of it.
  function say(fields, { step = true } = {}) {
    if (following) return;
    const address = addressOf(fields);
    if (address === location.pathname + location.search) return;
    history[step ? "pushState" : "replaceState"](null, "", address);
  }

  // What an address says of filters; whatever else somebody wrote there says nothing.
  function read(text) {
    try {
      return Object(JSON.parse(text || "{}"));
    } catch {
      return {};
    }
  }

  // The filters that are set, always written in one way.
  function canonical(fields) {
    const set = Object.entries(fields).filter(([, value]) => value && !String(value).startsWith(FREE));
    return set.length ? JSON.stringify(Object.fromEntries(set.sort())) : "";
  }
  const chosen = (name) => canonical(read(document.querySelector(`#${name} .board[data-choice]`)?.dataset.choice));

  // -- conversations

  let conversation = "";
  window.jiwenAddressedConversation = () => query().get("c") ?? "";
  let opened = false; // the page has loaded the conversation of its address
  window.jiwenShowConversation = (id, first = false) => {
    opened ||= first;
    if (!opened) return;
    const wanted = query().get("c");
    conversation = id && id !== "new" ? id : "";
    if (tab() !== "chat") return;
    if (wanted && !conversation) window.jiwenNotice("没有这个对话：可能已被删除，或者不是您的。");
    const place = first ? query().get("place") : ""; // may not be shown yet
    say({ c: conversation, turn: wanted === conversation ? query().get("turn") : "", place }, { step: Boolean(wanted || conversation) && wanted !== null });
  };
  window.jiwenConversationLeft = () => {
    conversation = "";
    say({});
  };
  window.jiwenCurrentConversation = () => conversation;
  window.jiwenLink = (fields) => location.origin + addressOf(fields);
  window.jiwenAnswerLink = (turn) => window.jiwenLink({ c: conversation, turn });

  // -- what the address says, shown

  // A tab is drawn when it is opened for the first time, and only then can be told what to show.
  function whenThere(name, act, tries = 100) {
    if (window[name]) act(window[name]);
    else if (tries) setTimeout(() => whenThere(name, act, tries - 1), LOOK_EVERY_MS);
  }

  function show() {
    following = true;
    const fields = query(), name = tab();
    const there = button(name)?.checkVisibility(); // not for those who may not use it
    if (there && button(name).getAttribute("aria-selected") !== "true") button(name).click();
    if (!there) window.jiwenNotice("没有这一页，或您没有使用它的权限。");
    const wanted = fields.get("c") ?? "";
    if (name === "chat" && wanted !== conversation && window.jiwenOpenConversation) {
      if (wanted) window.jiwenOpenConversation(wanted, fields.get("turn") ?? "");
      else document.getElementById("again")?.click();
    }
    const filters = fields.get("show") ?? "", finding = fields.get("finding") ?? "";
    if (FILTERED.includes(name) && (filters || finding || chosen(name))) {
      const named = (awaited = canonical(read(filters))) || "{}";
      if (name === "board") whenThere("jiwenShowBoard", (open) => open(named));
      else whenThere("jiwenShowFindings", (open) => open(named, finding));
    }
    if (name === "draft" && fields.get("draft")) whenThere("jiwenShowDraft", (open) => open(fields.get("draft")));
    if (name === "documents" && (filters || listed)) {
      listed = canonical(read(filters));
      whenThere("jiwenShowFiles", (open) => open(read(filters)));
    }
    if (name === "documents" && fields.get("document")) whenThere("jiwenShowDocument", (open) => open(fields.get("document")));
    if (PLACE.test(fields.get("place") ?? "")) window.jiwenShowPlace?.(fields.get("place"));
    following = false;
  }

  // What has to be said of the page itself.
  window.jiwenNotice = (text) => {
    document.getElementById("page-notice")?.remove();
    const notice = Object.assign(document.createElement("p"), { id: "page-notice", textContent: text });
    notice.setAttribute("role", "status");
    document.body.append(notice);
    setTimeout(() => notice.remove(), 8000);
  };

  addEventListener("popstate", show);
  document.addEventListener("click", (event) => {
    const at = TABS.findIndex((_, number) => event.target.closest?.(`#tab${number}-button`));
    if (at < 0 || following) return;
    const name = TABS[at];
    say(name === "chat" ? { c: conversation } : { tab: name, show: FILTERED.includes(name) ? chosen(name) : name === "documents" ? listed : "" });
  });

  // A board or a list of findings that has been drawn for other filters is another address.
  function drawn(name) {
    const filters = chosen(name);
    if (tab() !== name || (awaited !== null && filters !== awaited)) return;
    const same = canonical(read(query().get("show"))) === filters;
    const finding = same ? query().get("finding") ?? "" : "";
    const step = awaited === null && document.querySelector(`#${name} .board[data-choice]`) !== null;
    awaited = null;
    say({ tab: name, show: filters, finding }, { step });
    const place = finding && document.getElementById(`finding-${finding}`);
    if (place) place.classList.add("wanted"), place.scrollIntoView({ block: "center" });
  }
  addEventListener("pointerdown", () => (awaited = null), { capture: true });

  document.addEventListener("click", (event) => {
    const doubt = event.target.closest?.("[data-finding]");
    if (!doubt) return;
    say({ tab: "audit", show: JSON.stringify({ code: doubt.dataset.findingCode }), finding: doubt.dataset.finding });
    show();
  });

  document.addEventListener("jiwen-filtered", ({ detail }) => {
    if (tab() !== "documents") return;
    listed = canonical(detail);
    say({ tab: "documents", show: listed }, { step: false });
  });
  document.addEventListener("jiwen-document", ({ detail }) => say({ tab: "documents", document: detail }));
  document.addEventListener("jiwen-draft", ({ detail }) => tab() === "draft" && say({ tab: "draft", draft: detail }));

  // The masthead comes with what the visitor may not use, the panel is where a place is shown.
  const ready = () => button("chat") && document.querySelector(".masthead") && document.querySelector("#source-panel .source-close") && window.jiwenOpenConversation;
  window.jiwenElements.whenDrawn(ready, () => {
    if (FILTERED.includes(tab())) awaited = canonical(read(query().get("show")));
    for (const name of FILTERED)
      new MutationObserver(() => drawn(name)).observe(document.getElementById(`tab${TABS.indexOf(name)}`) ?? document.body, { childList: true, subtree: true });
    conversation = query().get("c") ?? ""; // the page loads it by itself
    setTimeout(show);
  });
})();
