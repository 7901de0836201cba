// The 文档 tab: each file is sent by itself, so each has its progress, its report and a way to stop it.
(() => {
  const { element, button, ask } = window.jiwenParts;
  const AT_ONCE = 2;
  const OUTCOMES = { added: "已入库", replaced: "已更新", unchanged: "未变化，早已入库", failed: "未入库" };
  const waiting = [];
  let running = 0, total = 0;
  const tab = () => document.getElementById("documents");

  function enqueue(files) {
    if (!running && !waiting.length) total = 0;
    for (const file of files) begin(file, false);
  }

  function begin(file, replace) {
    const row = element("li");
    const job = { file, row, replace, request: null };
    const sent = element("progress");
    sent.value = 0;
    row.append(element("span", file.name, "name"), element("span", "等待", "state"), sent);
    row.append(button("取消", () => cancel(job)));
    tab().querySelector(".queue").prepend(row);
    waiting.push(job);
    total += 1;
    next();
  }

  function cancel(job) {
    const place = waiting.indexOf(job);
    if (place >= 0) waiting.splice(place, 1);
    job.request?.abort();
    finish(job, job.sent ? "不再等待；文件已经传到，读完后会出现在下面的列表里" : "已取消");
    tally();
  }

  function cancelAll() {
    for (const job of waiting.splice(0)) finish(job, "已取消");
    tally();
  }

  // With many files: how many are done, and one button for all that wait.
  function tally() {
    const line = tab().querySelector(".tally");
    const left = running + waiting.length;
    line.hidden = total < 2;
    line.querySelector("span").textContent = left ? `共${total}个文件，已完成${total - left}个` : `${total}个文件都已处理完`;
    line.querySelector("button").hidden = !waiting.length;
  }

  function say(job, words) {
    job.row.querySelector(".state").textContent = words;
  }

  function finish(job, words, kind = "") {
    say(job, words);
    job.row.querySelector("progress")?.remove();
    job.row.querySelector("button")?.remove();
    if (kind) job.row.classList.add(kind);
  }

  function next() {
    while (running < AT_ONCE && waiting.length) send(waiting.shift());
    tally();
  }

  function send(job) {
    running += 1;
    const request = (job.request = new XMLHttpRequest());
    const form = new FormData();
    form.append("files", job.file, job.file.name);
    form.append("replace", String(job.replace));
    request.open("POST", "/api/v1/documents");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      job.row.querySelector("progress").value = event.loaded / event.total;
      say(job, event.loaded < event.total ? `上传${Math.round((100 * event.loaded) / event.total)}%` : "正在读取和核对");
    };
    request.upload.onload = () => {
      job.sent = true;
      job.row.querySelector("progress")?.removeAttribute("value");
    };
    request.onload = () => report(job, request.status, request.response);
    request.onerror = () => finish(job, "没有连上服务，请稍后再试。", "failed");
    request.onloadend = () => {
      running -= 1;
      next();
    };
    say(job, "上传");
    request.send(form);
  }

  function report(job, status, told) {
    if (status !== 200) return finish(job, told?.error ?? "服务没有回答，请稍后再试。", "failed");
    const lines = told.documents;
    const failed = lines.filter((line) => line.status === "failed");
    finish(job, lines.length === 1 ? OUTCOMES[lines[0].status] : `${lines.length}个文件`, failed.length ? "failed" : "done");
    for (const line of lines) {
      const made = element("div", "", "report");
      if (lines.length > 1) made.append(element("p", `${line.file}：${OUTCOMES[line.status]}`));
      made.append(line.error ? element("p", line.error, "failure") : element("p", summary(line)));
      made.append(...oddities(line));
      job.row.append(made);
    }
    if (failed.some((line) => line.error.includes("同名")))
      job.row.append(button("用这个文件替换旧版本", () => again(job)));
    later();
  }

  // The list is read anew at most once a second while many files come in.
  let coming = 0;
  function later() {
    if (coming) return;
    coming = setTimeout(() => {
      coming = 0;
      refresh();
    }, 300 + Math.min(700, 10 * total));
  }

  function again(job) {
    job.row.remove();
    begin(job.file, true);
  }

  function oddities(line) {
    if (!line.not_understood.length) return [];
    const made = element("details", "", "report");
    made.append(element("summary", `有${line.not_understood.length}处没有认出来，请看一看`));
    for (const one of line.not_understood.slice(0, 50))
      made.append(element("p", `${where(one.location)}“${one.text.slice(0, 80)}”：${one.reason}`));
    return [made];
  }

  function summary(line) {
    const year = line.year ? `${line.year}年` : "年度未注明";
    return [line.department || "部门未注明", year, line.form, `指标${line.indicators}项`, `数据${line.figures}个`].join(" · ");
  }

  function where(place) {
    const words = [];
    if (place.page) words.push(`第${place.page}页`);
    if (place.sheet) words.push(`工作表“${place.sheet}”`);
    if (place.row) words.push(`第${place.row}行`);
    else if (place.line_start) words.push(`第${place.line_start}行`);
    return words.join(" ");
  }

  // What is the same stays as it is: a click on it is not lost.
  let drawn = "";
  async function refresh() {
    const { documents } = await ask("/api/v1/documents");
    if (!documents) return;
    const told = JSON.stringify(documents);
    if (told !== drawn) draw(documents);
    drawn = told;
  }

  function draw(documents) {
    tab().querySelector(".held h2").textContent = `资料库里的文件${documents.length ? `（${documents.length}）` : ""}`;
    const rows = tab().querySelector(".rows");
    rows.replaceChildren(...documents.map(held));
    if (!documents.length) rows.append(element("p", "还没有文件。把自评表、目标表放到上面，就可以提问了。", "empty"));
    document.dispatchEvent(new Event("jiwen-listed"));
  }

  function held(line) {
    const row = element("article");
    row.append(element("b", line.file, "name"), element("span", summary(line), "state"));
    const actions = element("div", "", "actions");
    actions.append(button("查看", () => window.jiwenExtracted(line)), button("删除", () => remove(line, row)));
    row.append(actions, ...oddities(line));
    return row;
  }

  async function remove(line, row) {
    if (!confirm(`确定从资料库删除“${line.file}”吗？删除后不能再用它回答。`)) return;
    const told = await ask(`/api/v1/documents/${line.id}`, "DELETE");
    if (!told.error) return refresh();
    row.append(element("p", told.error, "failure"));
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

  // The list is fetched whenever the tab comes into view.
  const found = new MutationObserver(() => {
    if (!tab()?.querySelector(".rows")) return;
    found.disconnect();
    new IntersectionObserver(([entry]) => entry.isIntersecting && refresh()).observe(tab());
  });
  found.observe(document.documentElement, { childList: true, subtree: true });
})();
