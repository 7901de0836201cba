// Files put into the conversation at hand: dropped, pasted or chosen, sent one by one, kept or taken out again.
(() => {
  const { element, button, askServer } = window.jiwenElements;
  const may = () => document.getElementById("attach")?.checkVisibility(); // not for those who may not upload
  const lines = () => document.querySelector("#attaching ul");
  const address = (rest = "") => `/api/v1/conversations/${window.jiwenCurrentConversation() || "new"}/files${rest}`;
  let sending = Promise.resolve(); // one after the other: the first may begin the conversation

  function put(files) {
    if (!may()) return window.jiwenNotice("您没有收入文件的权限。");
    for (const file of files) {
      const line = element("li", `正在读取“${file.name}”`);
      lines().append(line);
      sending = sending.then(() => send(file, line));
    }
  }

  async function send(file, line, password = "") {
    const form = new FormData();
    form.append("files", file, file.name);
    if (password) form.append("password", password);
    const response = await fetch(address(), { method: "POST", body: form }).catch(() => null);
    if (response?.status === 401) location.assign("/login");
    const reply = await response?.json().catch(() => null);
    const failed = reply?.documents?.filter((one) => one.error) ?? [];
    line.remove();
    if (!response?.ok) tell(reply?.error ?? "没有连上服务，请稍后再试。");
    for (const one of failed) {
      const told = tell(one.error);
      if (one.error.includes("密码")) told.append(window.jiwenPasswordForm((given) => {
        told.remove();
        sending = sending.then(() => send(file, lines().appendChild(element("li", `正在读取“${file.name}”`)), given));
      }));
    }
    if (reply?.conversation) await changed(reply.conversation);
  }

  // The next file goes into the conversation that has begun with this one.
  async function changed(conversation) {
    window.jiwenFilesChanged(conversation);
    for (let tries = 100; tries && window.jiwenCurrentConversation() !== conversation; tries -= 1)
      await new Promise((done) => setTimeout(done, 50));
  }

  function tell(text, className = "failure") {
    const line = element("li", text, className);
    line.append(button("×", () => line.remove()));
    line.lastChild.ariaLabel = "知道了";
    lines().append(line);
    return line;
  }

  async function keep(node) {
    node.disabled = true;
    const reply = await askServer(address(`/${node.dataset.keepFile}/keep`), "POST");
    node.disabled = false;
    const [told] = reply.documents ?? [];
    const error = reply.error ?? told?.error;
    tell(error || `“${told.file}”已收入资料库`, error ? "failure" : "");
    window.jiwenFilesChanged(window.jiwenCurrentConversation());
  }

  async function drop(node) {
    if (!confirm(`确定从这个对话移除“${node.dataset.name}”吗？`)) return;
    const reply = await askServer(address(`/${node.dataset.dropFile}`), "DELETE");
    if (reply.error) tell(reply.error);
    window.jiwenFilesChanged(window.jiwenCurrentConversation());
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#attach")) return document.querySelector("#attaching input").click();
    const node = event.target.closest("[data-keep-file], [data-drop-file]");
    if (node) (node.dataset.keepFile ? keep : drop)(node);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("#attaching input")) return;
    put([...event.target.files]);
    event.target.value = "";
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || !event.target.closest?.("#question")) return;
    event.preventDefault();
    put(files);
  });
  for (const kind of ["dragover", "dragleave", "drop"])
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("#chat");
      const files = event.dataTransfer?.types.includes("Files");
      document.body.classList.toggle("dropping", Boolean(zone && files && kind === "dragover"));
      if (!zone || !files) return;
      event.preventDefault();
      if (kind === "drop") put([...event.dataTransfer.files]);
    });
})();
