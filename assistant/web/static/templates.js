// 表样: the heads of tables, those in doubt first; what their columns mean is chosen under each head
// and holds for every document of the layout. Those taken in before are read anew, a part a request.
window.jiwenLayouts = (() => {
  const { element, button, askServer, showFailure, whenInView } = window.jiwenElements;
  const MAX_HEADS_SHOWN = 8; // in the list
  const tab = () => document.getElementById("documents");
  const view = () => tab().querySelector(".teaching");
  const choices = (id) => document.getElementById(id).content.cloneNode(true);
  const headWords = (heads) => heads.join("／");

  function named(layout) {
    const heads = layout.heads.map(headWords).filter(Boolean);
    return heads.slice(0, MAX_HEADS_SHOWN).join("、") + (heads.length > MAX_HEADS_SHOWN ? "……" : "");
  }

  const whose = (template) => (template.departments.length ? template.departments.join("、") : "全部部门");
  const version = (template) => `第${template.version}版，${template.by} 于 ${template.at.slice(0, 10)} 确认，对${whose(template)}有效`;

  function state(layout) {
    const doubt = layout.unconfirmed ? `${layout.documents}个文件，其中${layout.unconfirmed}个读得没有把握` : `${layout.documents}个文件`;
    return layout.template ? `${doubt} · ${version(layout.template)}` : doubt;
  }

  async function list() {
    const { layouts } = await askServer("/api/v1/layouts");
    const place = tab()?.querySelector(".layouts");
    if (!layouts || !place) return;
    const unsure = layouts.filter((layout) => layout.unconfirmed);
    const sure = layouts.filter((layout) => !layout.unconfirmed);
    place.replaceChildren();
    if (unsure.length) place.append(element("h2", `待确认的表头（${unsure.length}）`), ...unsure.map((layout) => row(layout, "确认表头")));
    if (!sure.length) return;
    const others = element("details");
    others.append(element("summary", `其他表头（${sure.length}）`), ...sure.map((layout) => row(layout, "查看")));
    place.append(others);
  }

  function row(layout, words) {
    const node = element("article");
    const opener = button(words, () => teach(layout.signature));
    node.append(element("span", named(layout), "name"), element("span", state(layout), "state"), opener);
    return node;
  }

  // The heads of one document that are in doubt, to be confirmed from there.
  function ofDocument(id) {
    const node = element("div", "", "unsure");
    askServer(`/api/v1/layouts?document=${id}`).then(({ layouts = [] }) => {
      for (const layout of layouts.filter((one) => one.unconfirmed)) {
        const line = element("p", `表头“${named(layout)}”读得没有把握，里面的数据还不算数。`);
        line.append(button("确认表头", () => teach(layout.signature)));
        node.append(line);
      }
    });
    return node;
  }

  async function teach(signature, said = "") {
    const [{ layouts = [] }, { templates = [] }] = await Promise.all([askServer("/api/v1/layouts"), askServer("/api/v1/templates")]);
    const layout = layouts.find((one) => one.signature === signature);
    if (!layout) return close();
    for (const part of tab().querySelectorAll(":is(.intake, .layouts, .held, .extracted)")) part.hidden = true;
    const own = templates.filter((one) => one.signature === signature);
    view().replaceChildren(head(layout), form(layout, said), ...own.map(past));
    view().hidden = false;
    view().scrollIntoView({ block: "nearest" });
  }

  function close() {
    view().hidden = true;
    for (const part of tab().querySelectorAll(":is(.intake, .layouts, .held)")) part.hidden = false;
    document.dispatchEvent(new Event("jiwen-documents"));
    list();
  }

  function head(layout) {
    const node = element("header");
    node.append(button("← 返回文件列表", close, "back"), element("h2", "这张表的每一列是什么"));
    const about = element("p", `${state(layout)}。每一列选它是什么，确认后，这样的表都照它读，不管哪个单位、以前以后收入的。`, "about");
    about.append(button("看原文", () => {
      view().hidden = true;
      window.jiwenShowDocument(layout.document_id);
    }));
    node.append(about);
    return node;
  }

  // The head row, a role to choose under each head, and the first rows below.
  function form(layout, said) {
    const node = element("form");
    const kind = Object.assign(element("select"), { name: "kind" });
    kind.append(choices("kind-choices"));
    kind.value = layout.template?.kind ?? layout.kind ?? "";
    const label = element("label", "这张表是");
    label.append(kind);
    const table = element("table");
    const heads = element("tr"), roles = element("tr", "", "roles");
    layout.heads.forEach((words, column) => {
      const cell = element("th", headWords(words) || "（无表头）");
      cell.scope = "col";
      heads.append(cell);
      const role = element("select");
      role.append(choices("column-choices"));
      role.value = (layout.template ?? layout).roles[column] ?? "";
      role.setAttribute("aria-label", `${headWords(words) || `第${column + 1}列`}是什么`);
      const place = element("td");
      place.append(role);
      roles.append(place);
    });
    table.append(heads, roles);
    for (const texts of layout.rows) {
      const line = element("tr");
      line.append(...texts.map((text) => element("td", text)));
      table.append(line);
    }
    const frame = element("div", "", "frame");
    frame.append(table);
    const send = element("button", "确认");
    const progress = element("p", said, "said");
    progress.setAttribute("role", "status");
    node.append(label, frame, send, progress);
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (showFailure(node, kind.value ? "" : "请先选这张表是什么。")) return;
      send.disabled = true;
      const body = { signature: layout.signature, kind: kind.value, roles: [...roles.querySelectorAll("select")].map((one) => one.value || null) };
      const reply = await askServer("/api/v1/templates", "POST", body);
      send.disabled = false;
      if (showFailure(node, reply.error)) return;
      await readAnew(layout.signature, `已确认（第${reply.version}版，对${whose(reply)}有效）`);
    });
    return node;
  }

  // The server reads for some seconds a request; whoever leaves the page leaves the rest to the next files.
  async function readAnew(signature, done) {
    const said = view().querySelector(".said");
    for (;;) {
      said.textContent = `${done}，正在重读用到它的文件……`;
      const { waiting, error } = await askServer("/api/v1/templates/reading", "POST");
      if (showFailure(view().querySelector("form"), error)) return;
      if (!waiting) break;
      done = done.replace(/，还剩.*$/, "") + `，还剩${waiting}个文件没有重读`;
    }
    await teach(signature, `${done.replace(/，还剩.*$/, "")}，用到它的文件都已重读。`);
  }

  function past(template) {
    const node = element("p", version(template), "past");
    node.append(button("撤销", async () => {
      if (!confirm("撤销这一版表样？用到它的文件会按前一版、或原来识别的重读。")) return;
      const reply = await askServer(`/api/v1/templates/${template.number}`, "DELETE");
      if (showFailure(node, reply.error)) return;
      await readAnew(template.signature, "已撤销");
    }, "undo"));
    return node;
  }

  document.addEventListener("jiwen-listed", list);
  whenInView(tab, ".layouts", list);
  return { of: ofDocument };
})();
