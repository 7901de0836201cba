// The 设置 tab: everything is read when the tab comes into view, and changed over REST.
(() => {
  const { element, button, table, field, form, showFailure, localTime, askServer, scopeName, tokenEnd, tokenFields, sourceAddress, whenInView } = window.jiwenElements;
  const ask = (path, ...rest) => askServer(`/api/v1/settings${path}`, ...rest);
  const tab = () => document.getElementById("settings");
  const section = (name) => tab().querySelector(`.${name}`);

  const split = (names) => names.split(/[,，、]/).map((name) => name.trim()).filter(Boolean);
  const roles = () => [...document.getElementById("user-roles").content.cloneNode(true).children];
  const roleName = (value) => roles().find((one) => one.value === value)?.textContent ?? value;

  const ALL = "全部部门";
  let departments = [];

  // What a field says of the departments that somebody sees; left blank it says nothing.
  function scope(text) {
    const names = split(text);
    if (names.join() === ALL) return { all_departments: true };
    return names.length ? { departments: names } : {};
  }

  // Sends a user's departments; one that the library does not know only where it is meant.
  async function askScoped(path, method, body) {
    const reply = await ask(path, method, body);
    const insisting = reply.status === 404 && confirm(`${reply.error}\n\n资料库还没有这个部门的文件，仍然这样写吗？`);
    return insisting ? ask(path, method, { ...body, unlisted: true }) : reply;
  }

  // A list that puts the department chosen into the field beside it.
  function chooser(input, label) {
    const list = element("select");
    list.setAttribute("aria-label", label);
    list.append(new Option("选部门…", ""), ...[ALL, ...departments].map((name) => new Option(name, name)));
    list.addEventListener("change", () => {
      const kept = split(input.value).filter((name) => name !== ALL && name !== list.value);
      input.value = list.value === ALL ? ALL : [...kept, list.value].join("、");
      list.value = "";
      input.dispatchEvent(new Event("change"));
    });
    return list;
  }

  async function users() {
    const place = section("users");
    const [reply, known] = await Promise.all([ask("/users"), ask("/departments")]);
    departments = known.departments ?? [];
    if (reply.error) return place.replaceChildren(element("p", reply.error, "failure"));
    const change = (name, body, method = "PATCH") => async () => {
      const { error } = await askScoped(`/users/${encodeURIComponent(name)}`, method, body);
      await users(); // what was refused is not left in the fields
      if (!showFailure(place, error)) tokens();
    };
    const rows = reply.users.map((user) => {
      const role = element("select");
      role.append(...roles());
      role.value = user.role;
      role.setAttribute("aria-label", `${user.name}的角色`);
      role.addEventListener("change", () => change(user.name, { role: role.value })());
      const seen = Object.assign(element("input"), { value: user.departments.join("、") || ALL });
      seen.setAttribute("aria-label", `${user.name}的部门`);
      seen.addEventListener("change", () => {
        if (seen.value.trim()) return change(user.name, scope(seen.value))();
        seen.value = user.departments.join("、") || ALL;
        showFailure(place, "请写出部门，或选“全部部门”。");
      });
      const scoped = element("span", "", "scoped");
      scoped.append(seen, chooser(seen, `给${user.name}加部门`));
      const missed = reply.withheld[user.name];
      if (missed) scoped.append(element("p", `看不到${missed.join("、")}的文件：名称不全，也可能指别的单位。要看，请选全称。`, "failure"));
      const actions = element("span", "", "actions");
      actions.append(button(user.active ? "停用" : "恢复", change(user.name, { active: !user.active })));
      actions.append(button("删除", () => {
        const told = `删除用户 ${user.name}？其对话、已存初稿和令牌一并删除，不能找回。只是不让登录请用“停用”。`;
        if (confirm(told)) change(user.name, undefined, "DELETE")();
      }));
      actions.append(button("重设密码", () => actions.replaceChildren(
        form([field("新密码", "password", { type: "password", required: true, autocomplete: "new-password" })], "保存", async (given) => {
          const reply = await ask(`/users/${encodeURIComponent(user.name)}`, "PATCH", given);
          if (!reply.error) users();
          return reply;
        }),
      )));
      const name = element("span", user.name);
      if (!user.active) name.append(element("small", "已停用"));
      if (user.temporary) name.append(element("small", "密码待本人修改"));
      return [name, role, scoped, localTime(user.created).split(" ")[0], actions];
    });
    const first = element("p", "还没有用户：本机使用不用登录。建好第一个用户（须为管理员）以后，都要登录才能使用。", "note");
    const seen = field("只看这些部门", "departments", { placeholder: "多个用顿号隔开" });
    const add = form([
      field("用户名", "name", { required: true, maxLength: 40, autocomplete: "off" }),
      field("初始密码", "password", { type: "password", required: true, autocomplete: "new-password" }),
      field("角色", "role", { options: roles() }),
      seen,
      chooser(seen.lastChild, "加部门"),
    ], "新建用户", async ({ departments: text, ...given }) => {
      const reply = await askScoped("/users", "POST", { ...given, ...scope(text) });
      if (!reply.error) users(), tokens();
      return reply;
    });
    if (!rows.length) add.querySelector("select").value = "admin";
    place.replaceChildren(rows.length ? table(["用户", "角色", "部门", "建于", ""], rows) : first, add);
    choices = reply.users.map((user) => user.name);
  }

  let choices = [];

  async function tokens() {
    const place = section("tokens");
    const reply = await ask("/tokens");
    if (reply.error) return place.replaceChildren(element("p", reply.error, "failure"));
    const day = (iso) => localTime(iso).split(" ")[0];
    const rows = reply.tokens.map((token) => [token.user, token.label || "未注明", scopeName(token.scope), tokenEnd(token), token.used ? day(token.used) : "从未", button("作废", async () => {
      if (!confirm(`作废 ${token.user} 的令牌“${token.label || token.number}”？用它的程序马上不能再访问。`)) return;
      if (!showFailure(place, (await ask(`/tokens/${token.number}`, "DELETE")).error)) tokens();
    })]);
    const shown = element("p", "", "secret");
    shown.hidden = true;
    const names = choices.map((name) => new Option(name, name));
    const add = form([field("归谁", "user", { options: names }), ...tokenFields()], "新建令牌", async (given) => {
      const reply = await ask("/tokens", "POST", { ...given, days: Number(given.days) });
      if (reply.error) return reply;
      await tokens();
      const line = section("tokens").querySelector(".secret");
      line.hidden = false;
      line.append("新令牌只显示这一次，请现在抄下来：", element("code", reply.token));
      return reply;
    });
    const none = element("p", choices.length ? "还没有令牌。令牌给别的程序用，让它以主人的名义访问。" : "有了用户才能建令牌；本机使用不需要。", "note");
    place.replaceChildren(rows.length ? table(["用户", "用途", "范围", "到期", "最近使用", ""], rows) : none, ...(names.length ? [add] : []), shown);
  }

  async function feedback() {
    const place = section("feedback");
    const reply = await ask("/feedback");
    if (reply.error) return place.replaceChildren(element("p", reply.error, "failure"));
    const rows = reply.feedback.map((given) => {
      const node = element("details");
      const head = element("summary");
      head.append(element("b", given.kind, given.kind === "正确" ? "good" : "bad"), element("span", given.question), element("small", `${given.user || "本机"} ${localTime(given.asked)}`));
      node.append(head);
      if (given.note) node.append(element("p", `留言：${given.note}`));
      node.append(element("p", given.text, "answer"));
      for (const citation of given.citations) {
        const source = element("div", "", "original");
        node.append(button(`[${citation.marker}] ${citation.file} “${citation.quote.slice(0, 60)}”`, () => {
          source.dataset.original = sourceAddress(citation.document_id, citation.location, citation.quote);
          window.jiwenShowOriginal(source);
        }, "cited"), source);
      }
      return node;
    });
    place.replaceChildren(...(rows.length ? rows : [element("p", "还没有人反馈。", "note")]));
  }

  async function log() {
    const place = section("log");
    const chosen = ["user", "action", "since", "until"].map((name) => [name, place.querySelector(`[name=${name}]`)?.value ?? ""]);
    const { user = "", action = "", since = "", until = "" } = Object.fromEntries(chosen);
    const query = new URLSearchParams(chosen.filter(([, value]) => value));
    const reply = await ask(`/activities?${query}`);
    if (reply.error) return place.replaceChildren(element("p", reply.error, "failure"));
    const who = field("用户", "user", { value: user, placeholder: "全部用户" });
    const what = field("操作", "action", { options: [new Option("全部操作", ""), ...reply.actions.map((name) => new Option(name, name))] });
    what.lastChild.value = action;
    const from = field("从", "since", { type: "date", value: since });
    const to = field("到", "until", { type: "date", value: until });
    for (const filter of [who, what, from, to]) filter.lastChild.addEventListener("change", log);
    const filters = element("div", "", "filters-line");
    const saved = Object.assign(element("a", "存为 CSV"), { href: `/api/v1/settings/activities.csv?${query}`, download: "操作记录.csv" });
    filters.append(who, what, from, to, saved);
    const rows = reply.activities.map((activity) => [localTime(activity.at), activity.user, activity.address, activity.action, activity.subject]);
    const lost = reply.lost ? [element("p", `有${reply.lost}条操作没能记下，操作记录不完整：请检查磁盘空间和权限。`, "failure")] : [];
    place.replaceChildren(filters, ...lost, rows.length ? table(["时间", "用户", "来访地址", "操作", "内容"], rows) : element("p", "没有这样的记录。", "note"));
  }

  async function state() {
    const reply = await ask("/state");
    if (reply.error) return section("state").replaceChildren(element("p", reply.error, "failure"));
    const { condition: status, rules } = reply;
    section("rules").replaceChildren(rules.length ? table(["规则包", "来源", "用于"], rules.map((pack) => [pack.name, pack.source, uses(pack.used)])) : element("p", "收入文件后，这里列出各部门各年度用的规则。", "note"));
    const lacking = status.lacking ? `（${status.lacking}个文件等待补建向量）` : "";
    section("state").replaceChildren(table(["项目", "现状"], [
      ["向量模型", (status.embedding || "无法加载，只按数据和词语检索") + lacking],
      ["重排序模型", status.reranker || "不用"],
      ["语言模型", status.llm ? `${status.llm}（${status.llm_host}）` : "没有接入，答案用原文组织"],
      ["文件", `${status.documents}个${status.copies ? `，其中${status.copies}个是内容相同的副本` : ""}`],
      ["指标、数据、片段", `${status.indicators}项、${status.figures}个、${status.passages}段`],
      ["占用磁盘", `${(status.disk / 1048576).toFixed(1)} MB（${status.home}）`],
    ]));
  }

  function uses(names) {
    const shown = names.slice(0, 3).join("、");
    if (names.length <= 3) return shown;
    const node = element("details");
    node.append(element("summary", `${shown}等${names.length}个`), element("p", names.join("、")));
    return node;
  }

  async function refresh() {
    await users();
    for (const draw of [tokens, feedback, log, state]) draw();
  }

  whenInView(tab, ".users", refresh);
})();
