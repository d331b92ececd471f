// The navigation as a drawer on narrow screens, and / to the search of a list.
const opener = document.querySelector("[data-nav]");

function drawer(open) {
  document.body.classList.toggle("nav-open", open);
  opener?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#side a")?.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-nav]")) drawer(!document.body.classList.contains("nav-open"));
  else if (event.target.closest("[data-nav-close]")) drawer(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("nav-open")) {
    drawer(false);
    opener?.focus();
  }
  const typing = event.target.closest("input, textarea, select, [contenteditable], dialog[open]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const field = document.querySelector("[data-slash]");
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  }
});
