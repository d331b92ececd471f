// A form is sent once: its button says what is being done (data-busy). data-json="URL" sends a form as JSON, for the
// dialects that only take that, and goes to data-next. Selects and boxes with data-submits send their form at once.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter ?? form.querySelector("[type=submit]");
  if (form.dataset.json !== undefined) {
    event.preventDefault();
    return sendJson(form, button);
  }
  if (form.method === "post" && button?.dataset.busy && !form.hasAttribute("hx-post"))
    setTimeout(() => busy(button, true));
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

function busy(button, on) {
  if (!button?.dataset.busy) return;
  if (on) {
    button.dataset.idle = button.textContent;
    button.textContent = button.dataset.busy;
  } else if (button.dataset.idle) button.textContent = button.dataset.idle;
  button.disabled = on;
}

async function sendJson(form, button) {
  busy(button, true);
  const answer = await fetch(form.dataset.json, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  if (answer.ok) return location.assign(form.dataset.next);
  busy(button, false);
  const told = await answer.json().catch(() => ({}));
  const place = form.querySelector("[data-json-error]");
  place.textContent = told.errors?.[0]?.message ?? answer.statusText;
  place.previousElementSibling?.setAttribute("aria-invalid", "true");
  place.previousElementSibling?.classList.add("is-invalid");
}

// Coming back with the browser's own button shows the page as it was left: not busy any more.
addEventListener("pageshow", () => document.querySelectorAll("[data-idle]").forEach((button) => busy(button, false)));
