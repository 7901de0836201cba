// The page by keyboard and to taste: past the navigation, from tab to tab with arrows, filters typed over, dark or light.
(() => {
  const THEME = "jiwen-theme";
  const tabs = () => [...document.querySelectorAll("#tabs > .tab-wrapper .tab-container:not(.visually-hidden) [role=tab]")].filter((tab) => tab.checkVisibility()); // gradio has them twice
  const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select, textarea, [contenteditable], summary";

  document.addEventListener("click", (event) => {
    if (event.target.closest(".skip")) skip();
    if (event.target.closest(".theme-switch")) choose(dark() ? "light" : "dark");
  });

  // Past masthead, tabs and earlier conversations.
  function skip() {
    const content = [...document.querySelectorAll("#tabs > .tabitem")].find((part) => part.checkVisibility());
    const places = [document.querySelector("#question textarea"), ...(content?.querySelectorAll(FOCUSABLE) ?? [])];
    places.find((place) => place?.checkVisibility() && content.contains(place))?.focus();
  }

  document.addEventListener("keydown", (event) => {
    const at = tabs().indexOf(event.target);
    if (at < 0) return;
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs().length - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = tabs().at(steps[event.key] % tabs().length);
    next.focus();
    next.click();
  });

  // Tab leads to the tab that is open, and from there into it.
  const roving = () => {
    for (const tab of tabs()) {
      const index = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
      if (tab.tabIndex !== index) tab.tabIndex = index;
    }
  };

  // What is typed into a filter takes the place of what it says.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("#filters input, .filters input, #draft-choice input")) setTimeout(() => event.target.select());
  });

  // -- dark or light: what was chosen here, else what the system says
  const dark = () => document.body.classList.contains("dark");

  function choose(theme) {
    localStorage.setItem(THEME, theme);
    apply();
  }

  function apply() {
    const theme = localStorage.getItem(THEME);
    if (theme && dark() !== (theme === "dark")) document.body.classList.toggle("dark", theme === "dark");
  }

  addEventListener("DOMContentLoaded", () => {
    apply();
    new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    new MutationObserver(roving).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-selected"] });
  });
})();
