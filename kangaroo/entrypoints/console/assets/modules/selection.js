// Boxes in the rows of a form[data-bulk]: data-all ticks them all; the bar with what can be done shows while any is.
function update(form) {
  const boxes = [...form.querySelectorAll("input[name=selected]")];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  const bar = form.querySelector("[data-bulk-bar]");
  if (bar) {
    bar.hidden = ticked === 0;
    bar.querySelector("[data-bulk-count]").textContent = String(ticked);
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-all]"))
    for (const box of form.querySelectorAll("input[name=selected]")) box.checked = event.target.checked;
  update(form);
});

document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-bulk-none]")?.closest("form[data-bulk]");
  if (!form) return;
  for (const box of form.querySelectorAll("input[name=selected]")) box.checked = false;
  update(form);
});

// What is searched for was asked while it was typed. That the field was left must not ask again: the rows would be
// replaced under the hand that is ticking one.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.matches(".toolbar input[type=search]")) event.stopPropagation();
  },
  true,
);
