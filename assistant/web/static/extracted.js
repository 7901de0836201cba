// What was extracted of a document beside the page it stands on; a pencil sets right what was misread.
(() => {
  const { element, button, ask } = window.jiwenParts;
  const SHOWN = 400;
  const STATES = { 达标: "good", 超额: "good", 定性达成: "good" };
  let open = null;
  const view = () => document.querySelector("#documents .extracted");

  window.jiwenExtracted = (line) => show(line.id, 0);

  async function show(id, page, figure) {
    const chosen = `document=${id}&limit=10000`;
    const [listed, figures, indicators, corrections] = await Promise.all([
      ask("/api/v1/documents"),
      ask(`/api/v1/figures?${chosen}`),
      ask(`/api/v1/indicators?${chosen}`),
      ask(`/api/v1/corrections?document=${id}`),
    ]);
    const line = listed.documents?.find((one) => one.id === id);
    if (!line) return;
    open = { line, page, figures: figures.figures ?? [], indicators: indicators.indicators ?? [], corrections: corrections.corrections ?? [], filter: "" };
    const places = [...open.figures, ...open.indicators, ...line.not_understood].map((one) => one.location);
    open.pages = [...new Set(places.map((place) => place.page).filter(Boolean))].sort((a, b) => a - b);
    if (open.pages.length && !open.pages.includes(page)) open.page = open.pages[0];
    const again = figure && open.figures.find((one) => one.id === figure);
    draw(!again);
    if (again) go(again.location, again.raw, again.id);
  }

  function close() {
    view().hidden = true;
    for (const part of document.querySelectorAll("#documents :is(.intake, .held)")) part.hidden = false;
    open = null;
    document.dispatchEvent(new Event("jiwen-documents"));
  }

  function draw(fresh) {
    const { line } = open;
    for (const part of document.querySelectorAll("#documents :is(.intake, .held)")) part.hidden = true;
    const head = element("header");
    head.append(button("← 返回文件列表", close, "back"), element("h2", line.file), about(line));
    const place = element("div", "", "place");
    place.append(pages(), element("div", "", "original"));
    const facts = element("div", "", "facts");
    view().replaceChildren(head, place, facts);
    view().hidden = false;
    list();
    if (fresh) turn();
  }

  // Department, year and form, and the pencil for them.
  function about(line) {
    const made = element("div", "", "about");
    const told = [line.department || "部门未注明", line.year ? `${line.year}年` : "年度未注明", line.form];
    made.append(element("span", told.join(" · ")));
    made.append(button("更正", () => made.replaceChildren(form({
      department: ["部门", line.department],
      year: ["年度", line.year ?? "", { inputmode: "numeric", maxlength: 4 }],
      form: ["表种", line.form, "form-choices"],
    }, "", () => made.replaceWith(about(line)))), "pencil"));
    for (const one of open.corrections.filter((one) => !one.figure_id)) made.append(past(one));
    return made;
  }

  function pages() {
    const made = element("nav", "", "pages");
    if (open.pages.length < 2) return made;
    const select = element("select");
    select.setAttribute("aria-label", "页");
    for (const page of open.pages) select.append(new Option(`第${page}页`, page, false, page === open.page));
    select.addEventListener("change", () => {
      open.page = Number(select.value);
      list();
      turn();
    });
    const step = (by) => () => {
      const at = open.pages.indexOf(open.page) + by;
      if (at < 0 || at >= open.pages.length) return;
      select.value = open.pages[at];
      select.dispatchEvent(new Event("change"));
    };
    made.append(button("上一页", step(-1)), select, button("下一页", step(1)));
    return made;
  }

  // The page as it is; a file without pages opens at the first thing found in it.
  function turn() {
    const first = open.figures[0]?.location ?? open.line.not_understood[0]?.location;
    if (open.page) go({ page: open.page });
    else if (first) go(first);
    else view().querySelector(".original").textContent = "这个文件里没有认出数据。";
  }

  async function go(place, quote = "", id = "") {
    for (const row of view().querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
    if (id) view().querySelector(`[data-id="${id}"]`)?.setAttribute("aria-current", "true");
    const asked = new URLSearchParams();
    for (const name of ["page", "sheet", "table", "row", "column", "line_start", "line_end"])
      if (place[name] !== null && place[name] !== undefined) asked.set(name, place[name]);
    if (place.bbox) asked.set("bbox", place.bbox.join(","));
    if (quote) asked.set("quote", quote.slice(0, 300));
    const shown = view().querySelector(".original");
    shown.dataset.original = `/source/${open.line.id}?${asked}`;
    await window.jiwenPlace(shown);
  }

  function list() {
    const facts = view().querySelector(".facts");
    const here = (one) => (!open.page || one.location.page === open.page) && (!open.filter || JSON.stringify([one.subject, one.name, one.raw, one.section, one.text]).includes(open.filter));
    const search = element("input");
    Object.assign(search, { type: "search", placeholder: "筛选名称或数值", value: open.filter });
    search.setAttribute("aria-label", "筛选");
    search.addEventListener("change", () => {
      open.filter = search.value.trim();
      list();
    });
    const odd = open.line.not_understood.filter(here);
    const figures = open.figures.filter(here);
    const indicators = open.indicators.filter(here);
    facts.replaceChildren(search, group("数据", figures, figure), group("指标", indicators, indicator));
    facts.append(group("没有认出来的", odd, oddity));
  }

  function group(title, items, drawn) {
    const made = element("details");
    made.open = title !== "指标" && items.length > 0;
    made.append(element("summary", `${title}（${items.length}）`), ...items.slice(0, SHOWN).map(drawn));
    if (items.length > SHOWN) made.append(element("p", `还有${items.length - SHOWN}条，请用上面的筛选。`, "more"));
    return made;
  }

  function row(place, quote, id, ...parts) {
    const made = element("div", "", "fact");
    const opens = button("", () => go(place, quote, id), "at");
    opens.append(...parts);
    made.append(opens);
    if (id) made.dataset.id = id;
    return made;
  }

  function figure(one) {
    const roles = document.getElementById("role-choices").content;
    const role = roles.querySelector(`[value="${one.role}"]`)?.textContent ?? one.role;
    const value = /\p{Script=Han}|%/u.test(one.raw) ? one.raw : one.raw + one.unit;
    const made = row(one.location, one.raw, one.id, element("span", role, "role"), element("b", value), element("span", one.subject, "subject"));
    made.append(button("更正", () => edit(made, one), "pencil"));
    for (const done of open.corrections.filter((done) => done.figure_id === one.id || same(done, one))) made.append(past(done));
    return made;
  }

  // A correction that was made on an earlier version of the file.
  const same = (done, one) => done.document_id !== open.line.id && done.subject === one.subject && one.quote.includes(`原文为 ${done.old}，`);

  function edit(made, one) {
    if (made.querySelector("form")) return;
    made.append(form({
      value: ["数值", one.raw],
      role: ["角色", one.role, "role-choices"],
      subject: ["名称", one.subject],
    }, one.id, () => made.querySelector("form").remove()));
    made.querySelector("form input").focus();
  }

  function indicator(one) {
    const said = (value) => value?.raw || "—";
    return row(one.location, one.name, "", element("span", one.status, `role ${STATES[one.status] ?? ""}`), element("b", one.name), element("span", `目标 ${said(one.target)}　实际 ${said(one.actual)}`, "subject"));
  }

  function oddity(one) {
    return row(one.location, one.text, "", element("b", one.text.slice(0, 80)), element("span", one.reason, "subject"));
  }

  // What is different from what was there is sent, one correction each.
  function form(fields, id, done) {
    const made = element("form");
    for (const [name, [words, now, how]] of Object.entries(fields)) {
      const label = element("label", words);
      const field = element(typeof how === "string" ? "select" : "input");
      if (typeof how === "string") field.append(document.getElementById(how).content.cloneNode(true));
      else if (how) for (const [key, value] of Object.entries(how)) field.setAttribute(key, value);
      Object.assign(field, { name, value: now });
      label.append(field);
      made.append(label);
    }
    const reason = element("label", "理由");
    reason.append(Object.assign(element("input"), { name: "reason", placeholder: "可以不写", maxLength: 200 }));
    const save = element("button", "保存更正");
    made.append(reason, save, button("不改了", done));
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      made.querySelector(".failure")?.remove();
      save.disabled = true;
      const changed = Object.entries(fields).filter(([name, [, now]]) => made.elements[name].value !== String(now));
      for (const [aspect] of changed) {
        const body = { document_id: open.line.id, figure_id: id, aspect, new: made.elements[aspect].value, reason: made.elements.reason.value };
        const told = await ask("/api/v1/corrections", "POST", body);
        if (told.error) {
          save.disabled = false;
          return made.append(element("p", told.error, "failure"));
        }
      }
      if (changed.length) show(open.line.id, open.page, id);
      else done();
    });
    return made;
  }

  function past(one) {
    const made = element("p", "", "past");
    const old = { role: "角色", subject: "名称", department: "部门", year: "年度", form: "表种" }[one.aspect];
    made.append(`${old ? `${old}原为` : "原文为"} ${one.old || "未注明"}，由 ${one.by} 于 ${one.at.slice(0, 10)} 更正${one.reason ? `（${one.reason}）` : ""} `);
    made.append(button("撤销", async () => {
      if (!confirm("撤销这条更正？撤销后按原来识别的显示。")) return;
      const told = await ask(`/api/v1/corrections/${one.number}`, "DELETE");
      if (told.error) made.append(element("span", told.error, "failure"));
      else show(open.line.id, open.page, one.figure_id);
    }, "undo"));
    return made;
  }
})();
