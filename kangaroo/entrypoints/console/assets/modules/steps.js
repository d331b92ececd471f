// form[data-steps]: of its fieldset[data-step] one shows at a time; data-step-next goes on when what is typed is
// complete, data-step-back goes back. Without this script all of them show, one below the other.
const steps = (form) => [...form.querySelectorAll("[data-step]")];

function show(form, number, focus = false) {
  steps(form).forEach((step, place) => {
    step.hidden = place !== number;
  });
  form.querySelectorAll("[data-steps-marks] > li").forEach((mark, place) => {
    mark.classList.toggle("step-done", place < number);
    if (place === number) mark.setAttribute("aria-current", "step");
    else mark.removeAttribute("aria-current");
  });
  if (focus) steps(form)[number].querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
}

// Fields that are not shown (their kind was not chosen) are not asked for.
function complete(step) {
  const shown = [...step.elements].filter((field) => field.willValidate && field.offsetParent !== null);
  return shown.every((field) => field.reportValidity());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step-next], [data-step-back]");
  const form = button?.closest("form[data-steps]");
  if (!form) return;
  const all = steps(form);
  const now = all.findIndex((step) => !step.hidden);
  if (button.hasAttribute("data-step-back")) show(form, now - 1, true);
  else if (complete(all[now])) show(form, now + 1, true);
});

// The Enter key goes to the next step, and sends nothing before the last.
document.addEventListener("keydown", (event) => {
  const step = event.target.closest("form[data-steps] [data-step]");
  if (event.key !== "Enter" || !step || !event.target.matches("input")) return;
  const next = step.querySelector("[data-step-next]");
  if (!next) return;
  event.preventDefault();
  next.click();
});

for (const form of document.querySelectorAll("form[data-steps]")) {
  const wrong = steps(form).findIndex((step) => step.querySelector(".is-invalid"));
  show(form, Math.max(wrong, 0));
}
