// Before anything is painted: the theme of the system, for who chose none.
const root = document.documentElement;
if (root.dataset.theme === "system") {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  dark.addEventListener("change", follow);
  follow();
}
