// data-copy="TEXT": a click copies the text. Pages over plain HTTP have no clipboard, so there is an older way, too.
import { say } from "./said.js";

const SHOWN_MS = 1500;

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  button.classList.add("copied");
  say(document.getElementById("said")?.dataset.copied ?? "");
  setTimeout(() => button.classList.remove("copied"), SHOWN_MS);
});
