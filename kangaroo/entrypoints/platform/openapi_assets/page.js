// The page of the API without this script is whole, but for filtering and copying.
"use strict";

const filter = document.getElementById("filter");
const none = document.getElementById("none");
const operations = [...document.querySelectorAll("details")].map((element) => ({
  element,
  words: element.querySelector("summary").textContent.toLowerCase(),
}));

function show() {
  const wanted = filter.value.trim().toLowerCase().split(/\s+/);
  for (const { element, words } of operations) {
    element.hidden = !wanted.every((word) => words.includes(word));
  }
  for (const section of document.querySelectorAll("section")) {
    section.hidden = !section.querySelector("details:not([hidden])");
  }
  none.hidden = operations.some(({ element }) => !element.hidden);
}

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}

// Without TLS a browser gives no clipboard: the line is selected, then, for the visitor to copy.
async function copy(button) {
  const code = button.parentElement.querySelector("code");
  if (!navigator.clipboard) {
    getSelection().selectAllChildren(code);
    return;
  }
  await navigator.clipboard.writeText(code.textContent);
  const word = button.textContent;
  button.textContent = document.body.dataset.copied;
  setTimeout(() => { button.textContent = word; }, 1200);
}

filter.addEventListener("input", show);
addEventListener("hashchange", open);
addEventListener("click", (event) => {
  if (event.target instanceof HTMLButtonElement) copy(event.target);
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== filter) {
    event.preventDefault();
    filter.focus();
  } else if (event.key === "Escape" && document.activeElement === filter) {
    filter.value = "";
    show();
  }
});
for (const { element } of operations) {
  element.addEventListener("toggle", () => {
    if (element.open) history.replaceState(null, "", `#${element.id}`);
  });
}
open();
