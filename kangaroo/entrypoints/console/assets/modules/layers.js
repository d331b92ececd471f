// A segment of a layer bar (data-row) and the row of the table it stands for (data-row) light up together.
for (const kind of ["pointerover", "pointerout"])
  document.addEventListener(kind, (event) => {
    const row = event.target.closest?.("[data-row]")?.dataset.row;
    if (row === undefined) return;
    for (const one of document.querySelectorAll(`[data-row="${row}"]`)) one.classList.toggle("lit", kind === "pointerover");
  });
