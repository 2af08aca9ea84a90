/* Lets a reader choose the light or the dark theme and remembers it in a cookie that the server reads. */

const root = document.documentElement;
const system = window.matchMedia("(prefers-color-scheme: dark)");

const currentTheme = () => root.dataset.bsTheme || (system.matches ? "dark" : "light");

function showOnToggles() {
  for (const toggle of document.querySelectorAll("[data-theme-toggle]")) {
    toggle.hidden = false;
    toggle.setAttribute("aria-pressed", String(currentTheme() === "dark"));
  }
}

function choose(theme) {
  root.dataset.bsTheme = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  showOnToggles();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) choose(currentTheme() === "dark" ? "light" : "dark");
});
system.addEventListener("change", showOnToggles);
showOnToggles();
