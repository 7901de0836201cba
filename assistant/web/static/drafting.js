// Reads an edited draft back from the page: a paragraph a line, each source as its marker.
(() => {
  let current = 0;

  function textOf(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.dataset?.marker) return `[${node.dataset.marker}]`;
    return [...node.childNodes].map(textOf).join("");
  }

  const paragraphs = () => [...document.querySelectorAll("#draft-sheet .draft-p")];
  window.jiwenDraft = {
    text: () => paragraphs().map((p) => textOf(p).replace(/\s+/g, " ").trim()).join("\n"),
    current: () => current,
  };

  document.addEventListener("focusin", (event) => {
    const paragraph = event.target.closest?.("#draft-sheet .draft-p");
    if (!paragraph) return;
    current = Number(paragraph.dataset.n);
    for (const other of paragraphs()) other.classList.toggle("current", other === paragraph);
  });
})();
