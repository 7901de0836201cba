// What was extracted of a document beside the page it stands on; a pencil sets right what was misread.
(() => {
  const { element, button, askServer, sourceAddress } = window.jiwenElements;
  const MAX_FACTS_SHOWN = 400; // of one kind
  const STATUS_CLASSES = { 达标: "good", 超额: "good", 定性达成: "good" };
  let open = null;
  const view = () => document.querySelector("#documents .extracted");

  window.jiwenShowDocument = (id) => {
    document.dispatchEvent(new CustomEvent("jiwen-document", { detail: id }));
    show(id, 0);
  };

  async function show(id, page, figure) {
    const query = `document=${id}&limit=10000`;
    const [listed, figures, unconfirmed, indicators, corrections] = await Promise.all([
      askServer("/api/v1/documents"),
      askServer(`/api/v1/figures?${query}`),
      askServer(`/api/v1/figures?${query}&unconfirmed=true`),
      askServer(`/api/v1/indicators?${query}`),
      askServer(`/api/v1/corrections?document=${id}`),
    ]);
    const line = listed.documents?.find((one) => one.id === id);
    if (!line) return window.jiwenNotice("没有这个文件：可能已被删除，或不在您可看的范围内。");
    open = { line, page, figures: figures.figures ?? [], indicators: indicators.indicators ?? [], corrections: corrections.corrections ?? [], filter: "" };
    open.unconfirmed = new Set((unconfirmed.figures ?? []).map((fact) => fact.id));
    const located = [...open.figures, ...open.indicators, ...line.not_understood];
    open.pages = [...new Set(located.map((fact) => fact.location.page).filter(Boolean))].sort((a, b) => a - b);
    if (open.pages.length && !open.pages.includes(page)) open.page = open.pages[0];
    const current = figure && open.figures.find((one) => one.id === figure);
    draw(!current);
    if (current) showPlace(current.location, current.raw, current.id);
  }

  function close() {
    view().hidden = true;
    for (const part of document.querySelectorAll("#documents :is(.intake, .layouts, .held)")) part.hidden = false;
    open = null;
    document.dispatchEvent(new CustomEvent("jiwen-document", { detail: "" }));
    document.dispatchEvent(new Event("jiwen-documents"));
  }

  function draw(turnToPage) {
    const { line } = open;
    for (const part of document.querySelectorAll("#documents :is(.intake, .layouts, .held)")) part.hidden = true;
    const head = element("header");
    head.append(button("← 返回文件列表", close, "back"), element("h2", line.file), about(line), window.jiwenLayouts.of(line.id));
    const place = element("div", "", "place");
    place.append(pageChoice(), element("div", "", "original"));
    const facts = element("div", "", "facts");
    view().replaceChildren(head, place, facts);
    view().hidden = false;
    listFacts();
    if (turnToPage) showPage();
  }

  // Department, year and form, and the pencil for them.
  function about(line) {
    const node = element("div", "", "about");
    const parts = [line.department || "部门未注明", line.year ? `${line.year}年` : "年度未注明", line.form];
    node.append(element("span", parts.join(" · ")));
    node.append(button("更正", () => node.replaceChildren(form({
      department: ["部门", line.department],
      year: ["年度", line.year ?? "", { inputmode: "numeric", maxlength: 4 }],
      form: ["表种", line.form, "form-choices"],
    }, "", () => node.replaceWith(about(line)))), "pencil"));
    for (const correction of open.corrections.filter((one) => !one.figure_id)) node.append(correctionNote(correction));
    return node;
  }

  function pageChoice() {
    const node = element("nav", "", "pages");
    if (open.pages.length < 2) return node;
    const select = element("select");
    select.setAttribute("aria-label", "页");
    for (const page of open.pages) select.append(new Option(`第${page}页`, page, false, page === open.page));
    select.addEventListener("change", () => {
      open.page = Number(select.value);
      listFacts();
      showPage();
    });
    const step = (by) => () => {
      const at = open.pages.indexOf(open.page) + by;
      if (at < 0 || at >= open.pages.length) return;
      select.value = open.pages[at];
      select.dispatchEvent(new Event("change"));
    };
    node.append(button("上一页", step(-1)), select, button("下一页", step(1)));
    return node;
  }

  // The page as it is; a file without pages opens at the first thing found in it.
  function showPage() {
    const first = open.figures[0]?.location ?? open.line.not_understood[0]?.location;
    if (open.page) showPlace({ page: open.page });
    else if (first) showPlace(first);
    else view().querySelector(".original").textContent = "这个文件里没有认出数据。";
  }

  async function showPlace(location, quote = "", id = "") {
    for (const row of view().querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
    if (id) view().querySelector(`[data-id="${id}"]`)?.setAttribute("aria-current", "true");
    const shown = view().querySelector(".original");
    shown.dataset.original = sourceAddress(open.line.id, location, quote);
    await window.jiwenShowOriginal(shown);
  }

  function listFacts() {
    const facts = view().querySelector(".facts");
    const listed = (fact) => (!open.page || fact.location.page === open.page) && (!open.filter || JSON.stringify([fact.subject, fact.name, fact.raw, fact.section, fact.text]).includes(open.filter));
    const search = element("input");
    Object.assign(search, { type: "search", placeholder: "筛选名称或数值", value: open.filter });
    search.setAttribute("aria-label", "筛选");
    search.addEventListener("change", () => {
      open.filter = search.value.trim();
      listFacts();
    });
    const oddities = open.line.not_understood.filter(listed);
    const waits = (fact) => open.unconfirmed.has(fact.id);
    const figures = open.figures.filter(listed);
    const indicators = open.indicators.filter(listed);
    facts.replaceChildren(search);
    if (figures.some(waits)) facts.append(group("待确认", figures.filter(waits), unconfirmed));
    facts.append(group("数据", figures.filter((fact) => !waits(fact)), figure), group("指标", indicators, indicator));
    facts.append(group("没有认出来的", oddities, oddity));
  }

  function group(title, facts, draw) {
    const node = element("details");
    node.open = title !== "指标" && facts.length > 0;
    node.append(element("summary", `${title}（${facts.length}）`), ...facts.slice(0, MAX_FACTS_SHOWN).map(draw));
    if (facts.length > MAX_FACTS_SHOWN) node.append(element("p", `还有${facts.length - MAX_FACTS_SHOWN}条，请用上面的筛选。`, "more"));
    return node;
  }

  function row(location, quote, id, ...parts) {
    const node = element("div", "", "fact");
    const opener = button("", () => showPlace(location, quote, id), "at");
    opener.append(...parts);
    node.append(opener);
    if (id) node.dataset.id = id;
    return node;
  }

  function figure(fact) {
    const roles = document.getElementById("role-choices").content;
    const role = roles.querySelector(`[value="${fact.role}"]`)?.textContent ?? fact.role;
    const value = /\p{Script=Han}|%/u.test(fact.raw) ? fact.raw : fact.raw + fact.unit;
    const node = row(fact.location, fact.raw, fact.id, element("span", role, "role"), element("b", value), element("span", fact.subject, "subject"));
    node.append(button("更正", () => edit(node, fact), "pencil"));
    for (const correction of open.corrections.filter((one) => one.figure_id === fact.id || ofEarlierVersion(one, fact)))
      node.append(correctionNote(correction));
    return node;
  }

  // A figure that was read with doubt: it counts once somebody says that it is right, or corrects it.
  function unconfirmed(fact) {
    const node = figure(fact);
    node.querySelector(".pencil").before(button("确认", async () => {
      const reply = await correct(fact.id, "value", fact.raw, "");
      if (reply.error) node.append(element("p", reply.error, "failure"));
      else show(open.line.id, open.page, fact.id);
    }, "pencil"));
    node.querySelector(".subject").append(`（把握${Math.round(fact.confidence * 100)}%）`);
    return node;
  }

  const correct = (id, aspect, now, reason) =>
    askServer("/api/v1/corrections", "POST", { document_id: open.line.id, figure_id: id, aspect, new: now, reason });

  // A correction that was made on an earlier version of the file.
  const ofEarlierVersion = (correction, fact) =>
    correction.document_id !== open.line.id && correction.subject === fact.subject && fact.quote.includes(`原文为 ${correction.old}，`);

  function edit(node, fact) {
    if (node.querySelector("form")) return;
    node.append(form({
      value: ["数值", fact.raw],
      role: ["角色", fact.role, "role-choices"],
      subject: ["名称", fact.subject],
    }, fact.id, () => node.querySelector("form").remove()));
    node.querySelector("form input").focus();
  }

  function indicator(fact) {
    const printed = (quantity) => quantity?.raw || "—";
    return row(fact.location, fact.name, "", element("span", fact.status, `role ${STATUS_CLASSES[fact.status] ?? ""}`), element("b", fact.name), element("span", `目标 ${printed(fact.target)}　实际 ${printed(fact.actual)}`, "subject"));
  }

  function oddity({ location, text, reason }) {
    return row(location, text, "", element("b", text.slice(0, 80)), element("span", reason, "subject"));
  }

  // `fields` by aspect: label, value as read, and the template of its choices or attributes of its input.
  // Each field that was changed is sent as one correction; `close` is called where none was.
  function form(fields, id, close) {
    const node = element("form");
    for (const [name, [text, now, how]] of Object.entries(fields)) {
      const label = element("label", text);
      const field = element(typeof how === "string" ? "select" : "input");
      if (typeof how === "string") field.append(document.getElementById(how).content.cloneNode(true));
      else if (how) for (const [key, value] of Object.entries(how)) field.setAttribute(key, value);
      Object.assign(field, { name, value: now });
      label.append(field);
      node.append(label);
    }
    const reason = element("label", "理由");
    reason.append(Object.assign(element("input"), { name: "reason", placeholder: "可以不写", maxLength: 200 }));
    const save = element("button", "保存更正");
    node.append(reason, save, button("不改了", close));
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      node.querySelector(".failure")?.remove();
      save.disabled = true;
      const changed = Object.entries(fields).filter(([name, [, now]]) => node.elements[name].value !== String(now));
      for (const [aspect] of changed) {
        const reply = await correct(id, aspect, node.elements[aspect].value, node.elements.reason.value);
        if (reply.error) {
          save.disabled = false;
          return node.append(element("p", reply.error, "failure"));
        }
      }
      if (changed.length) show(open.line.id, open.page, id);
      else close();
    });
    return node;
  }

  function correctionNote(correction) {
    const { aspect, old, by, at, reason, number, figure_id: figure } = correction;
    const node = element("p", "", "past");
    const name = { role: "角色", subject: "名称", department: "部门", year: "年度", form: "表种" }[aspect];
    const confirmed = aspect === "value" && old === correction.new;
    const past = confirmed ? "" : `${name ? `${name}原为` : "原文为"} ${old || "未注明"}，`;
    node.append(`${past}由 ${by} 于 ${at.slice(0, 10)} ${confirmed ? "确认" : "更正"}${reason ? `（${reason}）` : ""} `);
    node.append(button("撤销", async () => {
      if (!confirm("撤销这条更正？撤销后按原来识别的显示。")) return;
      const reply = await askServer(`/api/v1/corrections/${number}`, "DELETE");
      if (reply.error) node.append(element("span", reply.error, "failure"));
      else show(open.line.id, open.page, figure);
    }, "undo"));
    return node;
  }
})();
