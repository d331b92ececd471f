// Ctrl K: the palette. What it finds comes from the server while one types; arrow keys choose, Enter goes there.
import htmx from "htmx.org/dist/htmx.esm.js";

const palette = document.getElementById("palette");
const field = document.getElementById("palette-q");
const found = document.getElementById("palette-found");

function open() {
  if (!palette || palette.open) return;
  palette.showModal();
  field.select();
  htmx.trigger(field, "palette");
}

const options = () => [...found.querySelectorAll("[role=option]")];

function choose(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  field.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) open();
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  }
});

field?.addEventListener("keydown", (event) => {
  const all = options();
  const now = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose(all[(now + 1) % all.length]);
  else if (event.key === "ArrowUp") choose(all.at(now < 1 ? -1 : now - 1));
  else if (event.key === "Enter" && all[Math.max(now, 0)]) all[Math.max(now, 0)].click();
  else return;
  event.preventDefault();
});

found?.addEventListener("htmx:afterSwap", () => choose(options()[0]));
