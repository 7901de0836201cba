// A source that is pointed at, by mouse or keyboard, shows its file, place and cell before it is opened.
(() => {
  const DELAY_MS = 250;
  const GAP = 8; // pixels between a source and its preview
  let timer = 0;

  function hide() {
    clearTimeout(timer);
    document.getElementById("source-preview")?.remove();
  }

  function show(source) {
    hide();
    const glance = document.getElementById(source.dataset.source)?.content.querySelector(".glance");
    if (!glance || !source.isConnected) return;
    const preview = Object.assign(document.createElement("div"), { id: "source-preview" });
    preview.setAttribute("role", "tooltip");
    preview.append(glance.cloneNode(true));
    if (source.matches(".doubted")) {
      const doubt = source.getAttribute("aria-label").split("；").slice(1).join("；");
      preview.append(Object.assign(document.createElement("p"), { className: "doubt", textContent: doubt }));
    }
    document.body.append(preview);
    const at = source.getBoundingClientRect(), size = preview.getBoundingClientRect();
    const above = at.top - size.height - GAP;
    preview.style.top = `${above > 0 ? above : at.bottom + GAP}px`;
    preview.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - size.width - GAP))}px`;
  }

  for (const kind of ["mouseover", "focusin"])
    document.addEventListener(kind, (event) => {
      const source = event.target.closest?.("[data-source]");
      clearTimeout(timer);
      if (!source) return hide();
      timer = setTimeout(() => show(source), DELAY_MS);
    });
  for (const kind of ["click", "scroll"]) document.addEventListener(kind, hide, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
