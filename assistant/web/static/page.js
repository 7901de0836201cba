// Opens places of documents beside the page, follows the newest answer, and keeps both reachable by keyboard.
(() => {
  let opener = null;
  const panel = () => document.getElementById("source-panel");

  const body = () => panel().querySelector(".source-body");

  // A citation brings its source along in a template.
  function open(button) {
    const template = document.getElementById(button.dataset.source);
    if (!template || !panel()) return;
    close();
    opener = button;
    body().replaceChildren(template.content.cloneNode(true));
    for (const other of document.querySelectorAll(`[data-source="${button.dataset.source}"]`))
      other.setAttribute("aria-expanded", "true");
    show();
  }

  // A row of a table names a place, which the server is asked for.
  async function fetchPlace(row) {
    if (!panel()) return;
    close();
    opener = row.matches("button") ? row : row.querySelector("button");
    row.setAttribute("aria-expanded", "true");
    body().innerHTML = '<p class="thinking" role="status">正在打开原文<i></i><i></i><i></i></p>';
    show();
    const requested = opener;
    const html = await window.jiwenOpenPlace(row.dataset.open).catch(() => "");
    if (opener !== requested) return;
    body().innerHTML = html || '<p class="failure">没有连上服务，请稍后再试。</p>';
    show();
  }

  function show() {
    document.body.classList.add("source-open");
    panel().querySelector(".source-close").focus({ preventScroll: true });
    panel().scrollTop = 0;
    const mark = panel().querySelector("mark");
    for (const element of panel().querySelectorAll("[data-original]")) linked(element), showOriginal(element);
    if (!mark) return;
    const [place, frame] = [mark, panel()].map((node) => node.getBoundingClientRect());
    const bottom = Math.min(frame.bottom, innerHeight); // the panel may hang below the window
    if (place.bottom > bottom) panel().scrollTop = place.top - frame.top - (bottom - frame.top) / 2;
    const excerpt = mark.closest(".excerpt");
    const [left, width] = [excerpt.getBoundingClientRect().left, excerpt.clientWidth];
    if (place.right > left + width) excerpt.scrollLeft = place.left - left - width / 3;
  }

  // A button that copies the address of the place.
  function linked(element) {
    if (element.previousElementSibling?.matches(".place-link")) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "place-link", textContent: "复制链接" });
    Object.assign(button.dataset, { copyLink: "", place: element.dataset.original });
    element.before(button);
  }

  // The place that the page's address names, for whoever may see it.
  window.jiwenShowPlace = (address) => {
    if (!panel()) return;
    close();
    const place = document.createElement("div");
    place.dataset.original = address;
    place.className = "original";
    place.innerHTML = '<p class="failure">这处原文不存在，或不在您可看的范围内。</p>';
    body().replaceChildren(Object.assign(document.createElement("h3"), { textContent: "出处原文" }), place);
    show();
  };

  // The place in the file itself takes the excerpt's place; where it cannot be had, that stays.
  async function showOriginal(element) {
    const address = element.dataset.original;
    const reply = await fetch(address);
    if (!reply.ok || element.dataset.original !== address) return;
    element.innerHTML = await reply.text();
    const image = element.querySelector("img");
    if (image) await image.decode().catch(() => image.closest(".page-view").remove());
    const here = element.querySelector(".here");
    const view = element.querySelector(".page-view, .table-view");
    if (!here || !view) return;
    const place = here.getBoundingClientRect(), frame = view.getBoundingClientRect();
    view.scrollTop += place.top - frame.top - (frame.height - place.height) / 2;
    view.scrollLeft += place.left - frame.left - Math.max(0, (frame.width - place.width) / 2);
  }

  window.jiwenShowOriginal = showOriginal;

  function close() {
    document.body.classList.remove("source-open");
    for (const button of document.querySelectorAll("#tabs [aria-expanded]:is([data-source], [data-open])"))
      button.removeAttribute("aria-expanded");
    opener?.isConnected && opener.focus({ preventScroll: true });
    opener = null;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-source]");
    const row = event.target.closest("[data-open]");
    if (button) open(button);
    else if (row) fetchPlace(row);
    else if (event.target.closest(".source-close")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("source-open")) close();
  });

  // A file made for a click: saved under its name, or printed where it has none.
  window.jiwenSaveFile = async (file) => {
    const bytes = Uint8Array.from(atob(file.data), (character) => character.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], { type: file.type }));
    if (file.name) {
      Object.assign(document.createElement("a"), { href: url, download: file.name }).click();
    } else {
      document.getElementById("print-frame")?.remove();
      const frame = Object.assign(document.createElement("iframe"), { id: "print-frame", title: "打印", src: url });
      document.body.append(frame);
      await new Promise((done) => (frame.onload = done));
      frame.contentWindow.print();
    }
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };

  // The newest answer is followed while it grows, until the reader scrolls away.
  const HEIGHT_AROUND = 160; // pixels of the tabs above an answer and the question box below
  let following = false;
  let thinking = false;
  for (const gesture of ["wheel", "touchmove"])
    document.addEventListener(gesture, () => (following = false), { passive: true });

  function follow(current) {
    const waiting = current.querySelector(".thinking") !== null;
    if (waiting && !thinking) {
      close();
      following = true;
    }
    thinking = waiting;
    const fits = current.offsetHeight < innerHeight - HEIGHT_AROUND;
    if (following) current.scrollIntoView({ block: fits ? "nearest" : "start" });
  }

  window.jiwenElements.whenDrawn(() => document.getElementById("current"), (current) => {
    current.setAttribute("aria-live", "polite");
    new MutationObserver(() => follow(current)).observe(current, { childList: true, subtree: true });
  });
})();
