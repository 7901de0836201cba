// The 设置 tab: everything is read when the tab comes into view, and changed over REST.
(() => {
  const { element, button } = window.jiwenParts;
  const ask = (path, ...rest) => window.jiwenParts.ask(`/api/v1/settings${path}`, ...rest);
  const tab = () => document.getElementById("settings");
  const part = (name) => tab().querySelector(`.${name}`);
  const when = (iso) => new Date(iso).toLocaleString("zh-CN", { hour12: false });

  function table(heads, rows) {
    const made = element("table");
    const head = element("tr");
    head.append(...heads.map((words) => element("th", words)));
    made.append(head);
    for (const cells of rows) {
      const row = element("tr");
      for (const cell of cells) {
        const made = element("td");
        made.append(cell);
        row.append(made);
      }
      made.append(row);
    }
    const frame = element("div", "", "frame");
    frame.append(made);
    return frame;
  }

  function fault(place, words) {
    place.querySelector(":scope > .failure")?.remove();
    if (words) place.append(element("p", words, "failure"));
    return Boolean(words);
  }

  function field(words, name, { options, ...how } = {}) {
    const label = element("label", words);
    label.append(Object.assign(element(options ? "select" : "input"), { name, ...how }));
    if (options) label.lastChild.append(...options);
    return label;
  }

  function form(fields, words, send) {
    const made = element("form");
    made.append(...fields, element("button", words));
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = await send(Object.fromEntries(new FormData(made)));
      if (!fault(made, told.error)) made.reset();
    });
    return made;
  }

  const split = (words) => words.split(/[,，、]/).map((one) => one.trim()).filter(Boolean);
  const roles = () => [...document.getElementById("user-roles").content.cloneNode(true).children];
  const roleName = (value) => roles().find((one) => one.value === value)?.textContent ?? value;

  async function users() {
    const place = part("users");
    const told = await ask("/users");
    if (told.error) return place.replaceChildren(element("p", told.error, "failure"));
    const change = (name, body) => async () => {
      if (!fault(place, (await ask(`/users/${encodeURIComponent(name)}`, "PATCH", body)).error)) users();
    };
    const rows = told.users.map((user) => {
      const role = element("select");
      role.append(...roles());
      role.value = user.role;
      role.setAttribute("aria-label", `${user.name}的角色`);
      role.addEventListener("change", () => change(user.name, { role: role.value })());
      const seen = Object.assign(element("input"), { value: user.departments.join("、"), placeholder: "全部部门" });
      seen.setAttribute("aria-label", `${user.name}的部门`);
      seen.addEventListener("change", () => change(user.name, { departments: split(seen.value) })());
      const actions = element("span", "", "actions");
      actions.append(button(user.active ? "停用" : "恢复", change(user.name, { active: !user.active })));
      actions.append(button("重设密码", () => actions.replaceChildren(
        form([field("新密码", "password", { type: "password", minLength: 8, required: true, autocomplete: "new-password" })], "保存", async (given) => {
          const told = await ask(`/users/${encodeURIComponent(user.name)}`, "PATCH", given);
          if (!told.error) users();
          return told;
        }),
      )));
      const name = element("span", user.name);
      if (!user.active) name.append(element("small", "已停用"));
      return [name, role, seen, when(user.created).split(" ")[0], actions];
    });
    const first = element("p", "还没有用户：本机使用不用登录。建好第一个用户（须为管理员）以后，都要登录才能使用。", "note");
    const add = form([
      field("用户名", "name", { required: true, maxLength: 40, autocomplete: "off" }),
      field("初始密码", "password", { type: "password", minLength: 8, required: true, autocomplete: "new-password" }),
      field("角色", "role", { options: roles() }),
      field("只看这些部门", "departments", { placeholder: "不填为全部，多个用顿号隔开" }),
    ], "新建用户", async (given) => {
      const told = await ask("/users", "POST", { ...given, departments: split(given.departments) });
      if (!told.error) users(), tokens();
      return told;
    });
    if (!rows.length) add.querySelector("select").value = "admin";
    place.replaceChildren(rows.length ? table(["用户", "角色", "部门", "建于", ""], rows) : first, add);
    choices = told.users.map((user) => user.name);
  }

  let choices = [];

  async function tokens() {
    const place = part("tokens");
    const told = await ask("/tokens");
    if (told.error) return place.replaceChildren(element("p", told.error, "failure"));
    const rows = told.tokens.map((token) => [token.user, token.label || "未注明", when(token.created), button("作废", async () => {
      if (!confirm(`作废 ${token.user} 的令牌“${token.label || token.number}”？用它的程序马上不能再访问。`)) return;
      if (!fault(place, (await ask(`/tokens/${token.number}`, "DELETE")).error)) tokens();
    })]);
    const shown = element("p", "", "secret");
    shown.hidden = true;
    const names = choices.map((name) => new Option(name, name));
    const add = form([field("归谁", "user", { options: names }), field("给哪个程序用", "label", { maxLength: 100 })], "新建令牌", async (given) => {
      const told = await ask("/tokens", "POST", given);
      if (told.error) return told;
      await tokens();
      const line = part("tokens").querySelector(".secret");
      line.hidden = false;
      line.append("新令牌只显示这一次，请现在抄下来：", element("code", told.token));
      return told;
    });
    const none = element("p", choices.length ? "还没有令牌。令牌给别的程序用，权限同它的主人。" : "有了用户才能建令牌；本机使用不需要。", "note");
    place.replaceChildren(rows.length ? table(["用户", "用途", "建于", ""], rows) : none, ...(names.length ? [add] : []), shown);
  }

  async function feedback() {
    const place = part("feedback");
    const told = await ask("/feedback");
    if (told.error) return place.replaceChildren(element("p", told.error, "failure"));
    const rows = told.feedback.map((one) => {
      const made = element("details");
      const head = element("summary");
      head.append(element("b", one.kind, one.kind === "正确" ? "good" : "bad"), element("span", one.question), element("small", `${one.user || "本机"} ${when(one.asked)}`));
      made.append(head);
      if (one.note) made.append(element("p", `留言：${one.note}`));
      made.append(element("p", one.text, "answer"));
      for (const cited of one.citations) {
        const source = element("div", "", "original");
        made.append(button(`[${cited.marker}] ${cited.file} “${cited.quote.slice(0, 60)}”`, () => {
          const asked = new URLSearchParams(Object.entries(cited.location).filter(([, held]) => held !== null));
          asked.set("quote", cited.quote.slice(0, 300));
          source.dataset.original = `/source/${cited.document_id}?${asked}`;
          window.jiwenPlace(source);
        }, "cited"), source);
      }
      return made;
    });
    place.replaceChildren(...(rows.length ? rows : [element("p", "还没有人反馈。", "note")]));
  }

  async function log() {
    const place = part("log");
    const [user, action] = ["user", "action"].map((name) => place.querySelector(`[name=${name}]`)?.value ?? "");
    const told = await ask(`/activities?${new URLSearchParams({ user, action })}`);
    if (told.error) return place.replaceChildren(element("p", told.error, "failure"));
    const who = field("用户", "user", { value: user, placeholder: "全部用户" });
    const what = field("操作", "action", { options: [new Option("全部操作", ""), ...told.actions.map((one) => new Option(one, one))] });
    what.lastChild.value = action;
    for (const one of [who, what]) one.lastChild.addEventListener("change", log);
    const filters = element("div", "", "filters-line");
    filters.append(who, what);
    const rows = told.activities.map((one) => [when(one.at), one.user, one.action, one.subject]);
    place.replaceChildren(filters, rows.length ? table(["时间", "用户", "操作", "内容"], rows) : element("p", "没有这样的记录。", "note"));
  }

  async function state() {
    const told = await ask("/state");
    if (told.error) return part("state").replaceChildren(element("p", told.error, "failure"));
    const { condition: now, rules } = told;
    part("rules").replaceChildren(rules.length ? table(["规则包", "来源", "用于"], rules.map((one) => [one.name, one.source, used(one.used)])) : element("p", "收入文件后，这里列出各部门各年度用的规则。", "note"));
    const lacking = now.lacking ? `（${now.lacking}个文件等待补建向量）` : "";
    part("state").replaceChildren(table(["项目", "现状"], [
      ["向量模型", (now.embedding || "无法加载，只按数据和词语检索") + lacking],
      ["重排序模型", now.reranker || "不用"],
      ["语言模型", now.llm ? `${now.llm}（${now.llm_host}）` : "没有接入，答案用原文组织"],
      ["文件", `${now.documents}个${now.copies ? `，其中${now.copies}个是内容相同的副本` : ""}`],
      ["指标、数据、片段", `${now.indicators}项、${now.figures}个、${now.passages}段`],
      ["占用磁盘", `${(now.disk / 1048576).toFixed(1)} MB（${now.home}）`],
    ]));
  }

  function used(names) {
    const shown = names.slice(0, 3).join("、");
    if (names.length <= 3) return shown;
    const made = element("details");
    made.append(element("summary", `${shown}等${names.length}个`), element("p", names.join("、")));
    return made;
  }

  async function refresh() {
    await users();
    for (const one of [tokens, feedback, log, state]) one();
  }

  const found = new MutationObserver(() => {
    if (!tab()?.querySelector(".users")) return;
    found.disconnect();
    new IntersectionObserver(([entry]) => entry.isIntersecting && refresh()).observe(tab());
  });
  found.observe(document.documentElement, { childList: true, subtree: true });
})();
