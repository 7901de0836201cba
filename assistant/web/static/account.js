// The page of one's own account: password, sessions and tokens, over REST.
(() => {
  const { element, button, table, field, form, showFailure, localTime, askServer, scopeName, tokenEnd, tokenFields } = window.jiwenElements;
  const ask = (path, ...rest) => askServer(`/api/v1/me${path}`, ...rest);
  const part = (name) => document.querySelector(`#${name} > div`);

  function password(must, rules) {
    const place = part("password");
    const typed = (text, name, autocomplete) => field(text, name, { type: "password", required: true, maxLength: 1000, autocomplete });
    const change = form([
      typed("现在的密码", "old", "current-password"),
      typed("新密码", "new", "new-password"),
      typed("再输入一次新密码", "again", "new-password"),
    ], "修改密码", async (given) => {
      place.querySelector(".done")?.remove();
      if (given.new !== given.again) return { error: "两次输入的新密码不一样，请重新输入。" };
      const reply = await ask("/password", "POST", { old: given.old, new: given.new });
      if (reply.error) return reply;
      if (must) location.assign("/");
      place.append(element("p", "密码已修改。您在别处的登录和您的全部令牌都已失效。", "done"));
      sessions(reply), tokens();
      return reply;
    });
    const why = element("p", "这个密码是管理员设的，请先改成只有您自己知道的密码，然后就能使用绩问。", "must");
    why.setAttribute("role", "alert");
    const told = element("p", `新密码${rules}。修改以后，您在别处的登录和您的全部令牌都会失效。`);
    place.replaceChildren(...(must ? [why] : []), told, change);
  }

  async function sessions(known) {
    const place = part("sessions");
    const reply = known ?? await ask("/sessions");
    if (reply.error) return showFailure(place, reply.error);
    place.replaceChildren(table(["开始于", "最近使用（约）", ""], reply.sessions.map((one) => [
      localTime(one.begun), localTime(one.used), one.this ? "当前登录" : button("结束", async () => {
        const left = await ask(`/sessions/${one.id}`, "DELETE");
        if (!showFailure(place, left.error)) sessions(left);
      }),
    ])));
  }

  async function tokens(known) {
    const place = part("tokens");
    const reply = known ?? await ask("/tokens");
    if (reply.error) return showFailure(place, reply.error);
    const rows = reply.tokens.map((token) => [
      token.label || "未注明", scopeName(token.scope), tokenEnd(token),
      token.used ? localTime(token.used).split(" ")[0] : "从未", button("作废", async () => {
        if (!confirm(`作废令牌“${token.label || token.number}”？用它的程序马上不能再访问。`)) return;
        const left = await ask(`/tokens/${token.number}`, "DELETE");
        if (!showFailure(place, left.error)) tokens(left);
      }),
    ]);
    const add = form(tokenFields(), "新建令牌", async (given) => {
      const made = await ask("/tokens", "POST", { ...given, days: Number(given.days) });
      if (made.error) return made;
      await tokens();
      const line = element("p", "新令牌只显示这一次，请现在抄下来：", "secret");
      line.append(element("code", made.token));
      place.append(line);
      return made;
    });
    const none = element("p", "令牌给别的程序用，让它以您的名义访问。还没有令牌。");
    place.replaceChildren(rows.length ? table(["用途", "范围", "到期", "最近使用", ""], rows) : none, add);
  }

  async function open() {
    const me = await ask("");
    if (me.error) return showFailure(part("password"), me.error);
    document.getElementById("who").textContent = `${me.name}（${me.role}）`;
    password(me.must_change_password, me.rules);
    document.getElementById("back").hidden = me.must_change_password;
    if (me.must_change_password) return;
    for (const [name, draw] of [["sessions", sessions], ["tokens", tokens]]) {
      document.getElementById(name).hidden = false;
      draw();
    }
  }

  open();
})();
