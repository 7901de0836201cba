// The files of the library: searched, sorted, filtered, page by page; what needs attention stands above with what to do; several at once.
window.jiwenFiles = (() => {
  const { element, button, askServer, showFailure, whenInView } = window.jiwenElements;
  const PAGE = 50; // files
  const MAX_ODDITIES_SHOWN = 50;
  const MAX_TEXT_SHOWN = 80; // characters
  const NEEDS = "需要处理";
  const UNNAMED = { department: "部门未注明", year: "年度未注明" };
  const ORDERS = {
    新的在前: null,
    按文件名: (one, other) => one.file.localeCompare(other.file, "zh-CN"),
    按部门: (one, other) => one.department.localeCompare(other.department, "zh-CN") || (other.year ?? 0) - (one.year ?? 0),
    按年度: (one, other) => (other.year ?? 0) - (one.year ?? 0),
    "数据少的在前": (one, other) => one.figures - other.figures,
  };
  const PROBLEMS = {
    部门未注明: (line) => !line.department,
    没有读到数据: (line) => !line.figures && !line.indicators,
    读数待确认: (line) => line.needs_attention.length > 0,
    内容与别的文件相同: (line) => Boolean(line.copy_of),
  };
  const tab = () => document.getElementById("documents");
  const place = (name) => tab().querySelector(`.held .${name}`);
  const state = { words: "", need: "", department: "", year: "", form: "", tag: "", order: "新的在前", page: 0, chosen: new Set() };
  let documents = [];

  const yearOf = (line) => (line.year ? `${line.year}年` : UNNAMED.year);
  const departmentOf = (line) => line.department || UNNAMED.department;
  const problemsOf = (line) => Object.keys(PROBLEMS).filter((name) => PROBLEMS[name](line));
  const fits = (line) => {
    const problems = problemsOf(line);
    const text = `${line.file} ${line.title} ${line.department} ${line.year ?? ""} ${line.form} ${line.tags.join(" ")}`.toLowerCase();
    return (
      state.words.toLowerCase().split(/\s+/).every((word) => text.includes(word)) &&
      (!state.need || (state.need === NEEDS ? problems.length : state.need === "正常" ? !problems.length : problems.includes(state.need))) &&
      (!state.department || departmentOf(line) === state.department) &&
      (!state.year || yearOf(line) === state.year) &&
      (!state.form || line.form === state.form) &&
      (!state.tag || line.tags.includes(state.tag))
    );
  };

  function shown() {
    const fitting = documents.filter(fits);
    return ORDERS[state.order] ? fitting.sort(ORDERS[state.order]) : fitting;
  }

  // A list that has not changed is not drawn again: a click on it is not lost.
  let lastListed = "";
  async function refresh() {
    const reply = await askServer("/api/v1/documents");
    if (!reply.documents) return;
    const listed = JSON.stringify(reply.documents);
    if (listed === lastListed) return;
    lastListed = listed;
    documents = reply.documents.toReversed(); // the server's order is that in which they came
    state.chosen = new Set(documents.map((line) => line.id).filter((id) => state.chosen.has(id)));
    draw();
    document.dispatchEvent(new Event("jiwen-listed"));
  }

  function set(changes) {
    Object.assign(state, { page: 0 }, changes);
    draw();
    document.dispatchEvent(new CustomEvent("jiwen-filtered", { detail: filters() }));
  }

  // What of the list stands in the page's address, and the list that an address names.
  const ADDRESSED = ["words", "need", "department", "year", "form", "tag"];
  const filters = () => Object.fromEntries(ADDRESSED.map((name) => [name, state[name]]));
  window.jiwenShowFiles = (named) => {
    for (const name of ADDRESSED) state[name] = String(named[name] ?? "");
    state.page = 0;
    if (!documents.length) return; // drawn as soon as they are listed
    draw();
    place("tools").querySelector("[type=search]").value = state.words;
  };

  function draw() {
    place("title").textContent = `资料库里的文件${documents.length ? `（${documents.length}）` : ""}`;
    drawNeeds();
    drawTools();
    const found = shown();
    state.page = Math.max(0, Math.min(state.page, Math.ceil(found.length / PAGE) - 1));
    const page = found.slice(state.page * PAGE, (state.page + 1) * PAGE);
    drawBulk(found);
    place("rows").replaceChildren(...page.map(row));
    if (!documents.length) place("rows").append(element("p", "还没有文件。把自评表、目标表放到上面，就可以提问了。", "empty"));
    else if (!found.length) place("rows").append(element("p", "没有符合条件的文件。", "empty"));
    drawPages(found.length);
  }

  // What needs attention, each kind with how many there are and a click to see them.
  function drawNeeds() {
    const counts = Object.keys(PROBLEMS).map((name) => [name, documents.filter(PROBLEMS[name]).length]).filter(([, count]) => count);
    place("needs").replaceChildren();
    if (!counts.length) return;
    const buttons = counts.map(([name, count]) => {
      const node = button(`${name} ${count}`, () => set({ need: state.need === name ? "" : name }));
      node.setAttribute("aria-pressed", String(state.need === name));
      return node;
    });
    place("needs").append(element("b", NEEDS), ...buttons);
  }

  function drawTools() {
    const tools = place("tools");
    tools.hidden = !documents.length;
    if (!tools.childElementCount) {
      const search = Object.assign(element("input"), { type: "search", placeholder: "搜索文件名、标题、部门" });
      search.setAttribute("aria-label", "搜索文件");
      search.value = state.words;
      search.addEventListener("input", () => set({ words: search.value.trim() }));
      tools.append(search, ...["need", "department", "year", "form", "tag", "order"].map(chooser));
    }
    const among = (of) => [...new Set(documents.map(of))].sort((one, other) => one.localeCompare(other, "zh-CN"));
    fill("need", "全部状态", [NEEDS, "正常", ...Object.keys(PROBLEMS)]);
    fill("department", "全部部门", among(departmentOf));
    fill("year", "全部年度", among(yearOf).reverse());
    fill("form", "全部表种", among((line) => line.form));
    fill("tag", "全部标签", [...new Set(documents.flatMap((line) => line.tags))].sort((one, other) => one.localeCompare(other, "zh-CN")));
    fill("order", "", Object.keys(ORDERS));
  }

  const NAMES = { need: "状态", department: "部门", year: "年度", form: "表种", tag: "标签", order: "排序" };
  function chooser(name) {
    const list = Object.assign(element("select"), { name });
    list.setAttribute("aria-label", NAMES[name]);
    list.addEventListener("change", () => set({ [name]: list.value }));
    return list;
  }

  function fill(name, free, values) {
    const list = place("tools").querySelector(`select[name=${name}]`);
    list.replaceChildren(...(free ? [new Option(free, "")] : []), ...values.map((value) => new Option(value, value)));
    list.value = state[name];
    if (list.value !== state[name]) state[name] = list.value = free ? "" : values[0];
  }

  // -- several at once

  function drawBulk(found) {
    const bulk = place("bulk");
    bulk.replaceChildren();
    if (!documents.length) return;
    const all = Object.assign(element("input"), { type: "checkbox", checked: found.length > 0 && found.every((line) => state.chosen.has(line.id)) });
    all.addEventListener("change", () => {
      for (const line of found) all.checked ? state.chosen.add(line.id) : state.chosen.delete(line.id);
      draw();
    });
    const label = element("label");
    label.append(all, `全选（${found.length}）`);
    bulk.append(label);
    if (!state.chosen.size) return;
    bulk.append(element("span", `已选${state.chosen.size}个`));
    bulk.append(button("删除", () => removeChosen()), button("更正部门", () => correctChosen("department", "部门")), button("更正年度", () => correctChosen("year", "年度")));
    const theirs = [...new Set(chosenLines().flatMap((line) => line.tags))];
    bulk.append(button("加标签", () => tagChosen("add")), ...(theirs.length ? [button("去标签", () => tagChosen("remove", theirs))] : []));
    bulk.append(button("取消选择", () => (state.chosen.clear(), draw())));
  }

  const chosenLines = () => documents.filter((line) => state.chosen.has(line.id));

  // All of them at once: the tags are on every file, or on none.
  async function tagChosen(change, theirs = []) {
    const lines = chosenLines();
    const words = prompt(`${change === "add" ? "给" : "从"}选中的${lines.length}个文件${change === "add" ? "加上" : "去掉"}标签（几个用逗号隔开）：`, theirs.join("，"));
    const tags = words?.split(/[,，、;；]/).map((tag) => tag.trim()).filter(Boolean) ?? [];
    if (!tags.length) return;
    const reply = await askServer("/api/v1/documents/tags", "POST", { document_ids: lines.map((line) => line.id), [change]: tags });
    lastListed = "";
    await refresh();
    showFailure(place("bulk"), reply.error);
  }

  async function removeChosen() {
    const lines = chosenLines();
    if (!confirm(`确定从资料库删除选中的${lines.length}个文件吗？删除后不能再用它们回答。`)) return;
    await each(lines, (line) => askServer(`/api/v1/documents/${line.id}`, "DELETE"));
  }

  async function correctChosen(aspect, name) {
    const lines = chosenLines();
    const value = prompt(`选中的${lines.length}个文件的${name}都改为：`)?.trim();
    if (!value) return;
    await each(lines, (line) => askServer("/api/v1/corrections", "POST", { document_id: line.id, figure_id: null, aspect, new: value, reason: "成批更正" }));
  }

  // One after the other; what is refused stays chosen, with the reason.
  async function each(lines, act) {
    let refused = "";
    for (const [number, line] of lines.entries()) {
      place("bulk").replaceChildren(element("span", `正在处理第${number + 1}个，共${lines.length}个……`));
      const reply = await act(line);
      if (reply.error) refused = `${line.file}：${reply.error}`;
      else state.chosen.delete(line.id);
    }
    lastListed = "";
    await refresh();
    showFailure(place("bulk"), refused);
  }

  // -- one

  function row(line) {
    const node = element("article");
    const chosen = Object.assign(element("input"), { type: "checkbox", checked: state.chosen.has(line.id) });
    chosen.setAttribute("aria-label", `选择 ${line.file}`);
    chosen.addEventListener("change", () => {
      chosen.checked ? state.chosen.add(line.id) : state.chosen.delete(line.id);
      drawBulk(shown());
    });
    const problems = problemsOf(line).map((name) => element("span", name, "problem"));
    const about = element("span", summary(line), "state");
    const tags = line.tags.map((tag) => Object.assign(button(tag, () => set({ tag: state.tag === tag ? "" : tag }), "tag"), { title: `只看标签“${tag}”` }));
    about.append(...problems, ...tags);
    const actions = element("div", "", "actions");
    actions.append(button(line.department ? "查看" : "查看并更正部门", () => window.jiwenShowDocument(line.id)), button("删除", () => remove(line, node)));
    node.append(chosen, element("b", line.file, "name"), about, actions, ...attention(line));
    return node;
  }

  async function remove(line, node) {
    if (!confirm(`确定从资料库删除“${line.file}”吗？删除后不能再用它回答。`)) return;
    const reply = await askServer(`/api/v1/documents/${line.id}`, "DELETE");
    if (!reply.error) return refresh();
    node.append(element("p", reply.error, "failure"));
  }

  function drawPages(count) {
    const last = Math.ceil(count / PAGE) - 1;
    place("pages").replaceChildren();
    if (last < 1) return;
    const turn = (to, text) => Object.assign(button(text, () => (set({ page: to }), place("title").scrollIntoView())), { disabled: to < 0 || to > last });
    place("pages").append(turn(state.page - 1, "上一页"), element("span", `第${state.page + 1}页，共${last + 1}页`), turn(state.page + 1, "下一页"));
  }

  // -- what is said of a file, here and when it is taken in

  function summary(line) {
    return [departmentOf(line), yearOf(line), line.form, `指标${line.indicators}项`, `数据${line.figures}个`].join(" · ");
  }

  const attention = (line) => [
    ...toLookAt(line.needs_attention, "读得没有把握，不计入统计，请确认表头，或到“查看”里逐个确认或更正"),
    ...toLookAt(line.not_understood, "没有认出来，请看一看"),
  ];

  function toLookAt(places, why) {
    if (!places.length) return [];
    const node = element("details", "", "report");
    node.append(element("summary", `有${places.length}处${why}`));
    for (const { location, text, reason, proposal } of places.slice(0, MAX_ODDITIES_SHOWN))
      node.append(element("p", `${placeName(location)}${proposal || `“${text.slice(0, MAX_TEXT_SHOWN)}”`}：${reason}`));
    return [node];
  }

  function placeName(location) {
    const parts = [];
    if (location.page) parts.push(`第${location.page}页`);
    if (location.sheet) parts.push(`工作表“${location.sheet}”`);
    if (location.row) parts.push(`第${location.row}行`);
    else if (location.line_start) parts.push(`第${location.line_start}行`);
    return parts.join(" ");
  }

  document.addEventListener("jiwen-documents", refresh);
  whenInView(tab, ".rows", refresh);
  return { refresh, summary, attention };
})();
