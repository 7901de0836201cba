// The 文档 tab: each file is sent by itself, so each has its progress, its report and a way to stop it.
(() => {
  const { element, button, askServer, whenInView } = window.jiwenElements;
  const MAX_UPLOADS_AT_ONCE = 2;
  const OUTCOMES = { added: "已入库", replaced: "已更新", unchanged: "未变化，早已入库", failed: "未入库" };
  const outcome = (line) => line.unread ? "需要处理：文件已保存，但内容大多没有读出" : OUTCOMES[line.status];
  const MAX_ODDITIES_SHOWN = 50;
  const MAX_TEXT_SHOWN = 80; // characters
  const waiting = [];
  let running = 0, total = 0; // uploads under way, and all since the last time that none was left
  const tab = () => document.getElementById("documents");

  function enqueue(files) {
    if (!running && !waiting.length) total = 0;
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

  // With many files: how many are done, and one button for all that wait.
  function showTally() {
    const line = tab().querySelector(".tally");
    const left = running + waiting.length;
    line.hidden = total < 2;
    line.querySelector("span").textContent = left ? `共${total}个文件，已完成${total - left}个` : `${total}个文件都已处理完`;
    line.querySelector("button").hidden = !waiting.length;
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
    const sound = reports.some((line) => line.unread) ? "" : "done";
    finish(job, reports.length === 1 ? outcome(reports[0]) : `${reports.length}个文件`, failed.length ? "failed" : sound);
    for (const line of reports) {
      const node = element("div", "", "report");
      if (reports.length > 1) node.append(element("p", `${line.file}：${outcome(line)}`));
      node.append(line.error ? element("p", line.error, "failure") : element("p", summary(line)));
      node.append(...attention(line));
      job.row.append(node);
    }
    if (failed.some((line) => line.error.includes("同名")))
      job.row.append(button("用这个文件替换旧版本", () => replaceOld(job)));
    if (failed.some((line) => line.error.includes("密码"))) askPassword(job);
    refreshSoon();
  }

  // A locked file is sent again with the password that opens it; nothing remembers it.
  function askPassword(job) {
    const form = element("form", "", "unlock");
    const field = element("input");
    Object.assign(field, { type: "password", autocomplete: "off", required: true, ariaLabel: "打开密码" });
    field.placeholder = "打开密码（只用这一次，不保存）";
    const send = element("button", "用密码打开");
    form.append(field, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      job.row.remove();
      addJob(job.file, job.replace, field.value);
    });
    job.row.append(form);
  }

  // The list is read anew at most once a second while many files come in.
  let timer = 0;
  function refreshSoon() {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      refresh();
    }, 300 + Math.min(700, 10 * total));
  }

  function replaceOld(job) {
    job.row.remove();
    addJob(job.file, true);
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

  function summary(line) {
    const year = line.year ? `${line.year}年` : "年度未注明";
    return [line.department || "部门未注明", year, line.form, `指标${line.indicators}项`, `数据${line.figures}个`].join(" · ");
  }

  function placeName(location) {
    const parts = [];
    if (location.page) parts.push(`第${location.page}页`);
    if (location.sheet) parts.push(`工作表“${location.sheet}”`);
    if (location.row) parts.push(`第${location.row}行`);
    else if (location.line_start) parts.push(`第${location.line_start}行`);
    return parts.join(" ");
  }

  // A list that has not changed is not drawn again: a click on it is not lost.
  let lastListed = "";
  async function refresh() {
    const { documents } = await askServer("/api/v1/documents");
    if (!documents) return;
    const listed = JSON.stringify(documents);
    if (listed !== lastListed) draw(documents);
    lastListed = listed;
  }

  function draw(documents) {
    tab().querySelector(".held h2").textContent = `资料库里的文件${documents.length ? `（${documents.length}）` : ""}`;
    const list = tab().querySelector(".rows");
    list.replaceChildren(...documents.map(row));
    if (!documents.length) list.append(element("p", "还没有文件。把自评表、目标表放到上面，就可以提问了。", "empty"));
    document.dispatchEvent(new Event("jiwen-listed"));
  }

  function row(line) {
    const node = element("article");
    node.append(element("b", line.file, "name"), element("span", summary(line), "state"));
    const actions = element("div", "", "actions");
    actions.append(button("查看", () => window.jiwenDocumentFacts(line)), button("删除", () => remove(line, node)));
    node.append(actions, ...attention(line));
    return node;
  }

  async function remove(line, node) {
    if (!confirm(`确定从资料库删除“${line.file}”吗？删除后不能再用它回答。`)) return;
    const reply = await askServer(`/api/v1/documents/${line.id}`, "DELETE");
    if (!reply.error) return refresh();
    node.append(element("p", reply.error, "failure"));
  }

  document.addEventListener("jiwen-documents", refresh);
  document.addEventListener("click", (event) => event.target.closest("#documents .tally button") && cancelAll());
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

  whenInView(tab, ".rows", refresh);
})();
