// data-opens="ID" opens a dialog, data-closes closes the one it is in. A form with data-confirm="NAME" can be sent once
// the name was typed. data-opens-now on a dialog opens it as soon as it is there.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    opener.closest("[popover]")?.hidePopover();
    document.getElementById(opener.dataset.opens)?.showModal();
  }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog[open]")) event.target.close(); // the backdrop
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-confirm]");
  if (form && event.target.name === "confirm")
    form.querySelector("[type=submit]").disabled = event.target.value.trim() !== form.dataset.confirm;
});

function openNow(root) {
  for (const dialog of root.querySelectorAll("dialog[data-opens-now]:not([open])")) dialog.showModal();
}
document.addEventListener("htmx:load", (event) => openNow(event.target));
