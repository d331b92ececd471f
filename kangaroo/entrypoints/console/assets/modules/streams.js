// form[data-streams="ID"]: what data-streams-from answers comes line by line, each a piece of HTML, and each is put into
// the element with this id as soon as it is there. data-streams-now sends the form at once. While it goes on,
// [data-streams-busy="ID"] shows, and [data-streams-stop="ID"] ends it. What is refused goes into ID-refused.
const running = new Map();
const part = (id, role) => document.querySelector(`[data-streams-${role}="${id}"]`);

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-streams]");
  if (!form) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-streams-stop]");
  if (button) running.get(button.dataset.streamsStop)?.abort();
});

async function send(form, submitter) {
  const id = form.dataset.streams;
  const target = document.getElementById(id);
  const refused = document.getElementById(`${id}-refused`);
  const body = new URLSearchParams(new FormData(form, submitter?.form === form ? submitter : null));
  running.get(id)?.abort();
  const stopper = new AbortController();
  running.set(id, stopper);
  target.replaceChildren();
  refused.replaceChildren();
  part(id, "idle")?.remove();
  part(id, "busy").hidden = false;
  target.setAttribute("aria-busy", "true");
  try {
    const headers = { "X-Harbor-Csrf-Token": body.get("csrf"), "HX-Request": "true", Accept: "text/html" };
    const answer = await fetch(form.dataset.streamsFrom, { method: "POST", headers, body, signal: stopper.signal });
    const next = answer.headers.get("HX-Redirect");
    if (next) location.assign(next);
    else if (answer.ok) await lines(answer.body, (html) => target.insertAdjacentHTML("beforeend", html));
    else refused.innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  } finally {
    if (running.get(id) === stopper) {
      running.delete(id);
      part(id, "busy").hidden = true;
      target.removeAttribute("aria-busy");
    }
  }
}

async function lines(stream, take) {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    rest += decoder.decode(value, { stream: !done });
    const whole = rest.split("\n");
    rest = whole.pop();
    whole.filter(Boolean).forEach(take);
    if (done) return;
  }
}

for (const form of document.querySelectorAll("form[data-streams-now]")) send(form);
