// The 文档 tab: each file is sent by itself, so each has its progress, its report and a way to stop it.
(() => {
  const { element, button } = window.jiwenElements;
  const MAX_UPLOADS_AT_ONCE = 2;
  const OUTCOMES = { added: "已入库", replaced: "已更新", unchanged: "未变化，早已入库", failed: "未入库" };
  const outcome = (line) => line.unread ? "需要处理：文件已保存，但内容大多没有读出" : OUTCOMES[line.status];
  const MS_A_MINUTE = 60_000;
  const waiting = [];
  let running = 0, total = 0, begun = 0; // uploads under way, all since the last time that none was left, and when that was
  const tab = () => document.getElementById("documents");

  function enqueue(files) {
    if (!running && !waiting.length) [total, begun] = [0, Date.now()];
    for (const file of files) addJob(file, false);
  }

  function addJob(file, replace, password = "") {
    const row = element("li");
    const job = { file, row, replace, password, request: null };
    const progress = element("progress");
    progress.value = 0;
    row.append(element("span", file.name, "name"), element("span", "等待", "state"), progress);
    row.append(button("取消", () => cancel(job)));
    tab().querySelector(".queue").prepend(row);
    waiting.push(job);
    total += 1;
    sendNext();
  }

  function cancel(job) {
    const place = waiting.indexOf(job);
    if (place >= 0) waiting.splice(place, 1);
    job.request?.abort();
    finish(job, job.uploaded ? "不再等待；文件已经传到，读完后会出现在下面的列表里" : "已取消");
    showTally();
  }

  function cancelAll() {
    for (const job of waiting.splice(0)) finish(job, "已取消");
    showTally();
  }

  // With many files: how many are done, how long it takes, and one button for all that wait.
  function showTally() {
    const line = tab().querySelector(".tally");
    const left = running + waiting.length, done = total - left;
    const minutes = done && left ? Math.ceil(((Date.now() - begun) / done) * left / MS_A_MINUTE) : 0;
    line.hidden = total < 2;
    line.querySelector("span").textContent = left ? `共${total}个文件，已完成${done}个${minutes ? `，大约还要${minutes}分钟` : ""}` : outcomes();
    line.querySelector(".stop").hidden = !waiting.length;
    line.querySelector(".clear").hidden = left > 0;
    fold();
    if (!left && total > 1 && !tab().checkVisibility()) window.jiwenNotice(outcomes());
  }

  // What came of all files: those to look at stand open above, the others are folded below.
  const sound = () => tab().querySelectorAll(".queue li.done");
  function outcomes() {
    const kinds = { 已入库: sound().length, 未入库: tab().querySelectorAll(".queue li.failed").length };
    const rest = total - kinds.已入库 - kinds.未入库;
    const told = Object.entries({ ...kinds, 需要处理: rest }).filter(([, count]) => count > 0);
    return `${total}个文件都已处理完：${told.map(([name, count]) => `${name}${count}个`).join("，")}`;
  }

  function fold() {
    const node = tab().querySelector(".done-files");
    if (total < 2) return;
    for (const row of tab().querySelectorAll(".queue > li.done")) node.querySelector("ul").prepend(row);
    node.hidden = !sound().length;
    node.querySelector("summary").textContent = `已入库${sound().length}个`;
  }

  function clear() {
    tab().querySelector(".queue").replaceChildren();
    tab().querySelector(".done-files ul").replaceChildren();
    [total, begun] = [0, 0];
    showTally();
    tab().querySelector(".done-files").hidden = true;
  }

  function showState(job, text) {
    job.row.querySelector(".state").textContent = text;
  }

  function finish(job, text, className = "") {
    showState(job, text);
    job.row.querySelector("progress")?.remove();
    job.row.querySelector("button")?.remove();
    if (className) job.row.classList.add(className);
  }

  function sendNext() {
    while (running < MAX_UPLOADS_AT_ONCE && waiting.length) send(waiting.shift());
    showTally();
  }

  function send(job) {
    running += 1;
    const request = (job.request = new XMLHttpRequest());
    const form = new FormData();
    form.append("files", job.file, job.file.name);
    form.append("replace", String(job.replace));
    if (job.password) form.append("password", job.password);
    job.password = ""; // kept no longer than it takes to send it
    request.open("POST", "/api/v1/documents");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      job.row.querySelector("progress").value = event.loaded / event.total;
      showState(job, event.loaded < event.total ? `上传${Math.round((100 * event.loaded) / event.total)}%` : "正在读取和核对");
    };
    request.upload.onload = () => {
      job.uploaded = true;
      job.row.querySelector("progress")?.removeAttribute("value");
    };
    request.onload = () => report(job, request.status, request.response);
    request.onerror = () => finish(job, "没有连上服务，请稍后再试。", "failed");
    request.onloadend = () => {
      running -= 1;
      sendNext();
    };
    showState(job, "上传");
    request.send(form);
  }

  function report(job, status, reply) {
    if (status !== 200) return finish(job, reply?.error ?? "服务没有回答，请稍后再试。", "failed");
    const reports = reply.documents;
    const failed = reports.filter((line) => line.status === "failed");
    const attended = reports.some((line) => line.unread || !line.department || line.needs_attention.length);
    finish(job, reports.length === 1 ? outcome(reports[0]) : `${reports.length}个文件`, failed.length ? "failed" : attended ? "attended" : "done");
    for (const line of reports) {
      const node = element("div", "", "report");
      if (reports.length > 1) node.append(element("p", `${line.file}：${outcome(line)}`));
      node.append(line.error ? element("p", line.error, "failure") : element("p", window.jiwenFiles.summary(line)));
      if (!line.error && !line.department)
        node.append(
          element("p", "没有认出是哪个部门的文件：按部门提问时不会用到它。", "failure"),
          button("查看并更正部门", () => window.jiwenShowDocument(line.id)),
        );
      node.append(...window.jiwenFiles.attention(line));
      job.row.append(node);
    }
    if (failed.some((line) => line.error.includes("同名")))
      job.row.append(button("用这个文件替换旧版本", () => replaceOld(job)));
    if (failed.some((line) => line.error.includes("密码"))) askPassword(job);
    refreshSoon();
  }

  // A locked file is sent again with the password that opens it; nothing remembers it.
  function askPassword(job) {
    job.row.append(window.jiwenPasswordForm((password) => {
      job.row.remove();
      addJob(job.file, job.replace, password);
    }));
  }

  window.jiwenPasswordForm = (send) => {
    const form = element("form", "", "unlock");
    const field = element("input");
    Object.assign(field, { type: "password", autocomplete: "off", required: true, ariaLabel: "打开密码" });
    field.placeholder = "打开密码（只用这一次，不保存）";
    form.append(field, element("button", "用密码打开"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(field.value);
    });
    return form;
  };

  // The list is read anew at most once a second while many files come in.
  let timer = 0;
  function refreshSoon() {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      window.jiwenFiles.refresh();
    }, 300 + Math.min(700, 10 * total));
  }

  function replaceOld(job) {
    job.row.remove();
    addJob(job.file, true);
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#documents .tally .stop")) cancelAll();
    if (event.target.closest("#documents .tally .clear")) clear();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.closest("#documents .drop")) return;
    enqueue([...event.target.files]);
    event.target.value = "";
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("#documents .drop")) event.target.click();
  });
  for (const kind of ["dragover", "dragleave", "drop"])
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("#documents .drop");
      document.querySelector("#documents .drop")?.classList.toggle("over", Boolean(zone) && kind === "dragover");
      if (!zone) return;
      event.preventDefault();
      if (kind === "drop") enqueue([...event.dataTransfer.files]);
    });
})();
