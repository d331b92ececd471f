// form[data-upload="URL"]: sends the chosen file as it is, with progress, and can be stopped. The answer comes line by
// line, each a piece of HTML instead of the one before, the last with [data-upload-ended]; what is refused at once says
// why: {"message": "…"}.
import { say } from "./said.js";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

function written(bytes) {
  let unit = 0;
  for (; bytes >= 1024 && unit + 1 < UNITS.length; unit += 1) bytes /= 1024;
  return `${bytes.toFixed(unit && bytes < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form) return;
  event.preventDefault();
  const file = form.querySelector("input[type=file]").files[0];
  if (file) send(form, file);
});

const underWay = new Set();
addEventListener("beforeunload", (event) => underWay.size && event.preventDefault());

function send(form, file) {
  const part = (name) => form.querySelector(`[data-upload-${name}]`);
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string" && value));
  query.delete("csrf");
  const request = new XMLHttpRequest();
  const started = performance.now();
  const stopped = () => {
    underWay.delete(request);
    part("progress").hidden = true;
    form.querySelector("[type=submit]").disabled = false;
  };
  const failed = (message) => {
    stopped();
    part("error").textContent = message;
    part("error").hidden = false;
    say(message);
  };
  const show = () => {
    const line = request.status < 300 && request.responseText.split("\n").at(-2);
    if (line) part("pushed").innerHTML = line;
  };
  underWay.add(request);
  part("error").hidden = true;
  part("pushed").replaceChildren();
  part("progress").hidden = false;
  form.querySelector("[type=submit]").disabled = true;
  part("stop").onclick = () => request.abort();
  request.upload.onprogress = (now) => {
    const speed = now.loaded / ((performance.now() - started) / 1000);
    part("bar").value = now.loaded;
    part("bar").max = now.total;
    part("told").textContent = `${written(now.loaded)} / ${written(now.total)} · ${written(speed)}/s`;
  };
  request.upload.onload = () => {
    part("bar").removeAttribute("value");
    part("told").textContent = part("told").dataset.reading;
  };
  request.onprogress = () => {
    part("bar").value = part("bar").max;
    part("told").textContent = part("told").dataset.sent;
    show();
  };
  request.onload = () => {
    if (request.status >= 300) return failed(message(request));
    show();
    if (!part("ended")) return failed(part("error").dataset.lost);
    stopped();
    say(part("ended").innerText);
    form.reset();
  };
  request.onerror = () => failed(part("error").dataset.lost);
  request.onabort = () => {
    stopped();
    part("pushed").replaceChildren();
  };
  request.open("POST", `${form.dataset.upload}?${query}`);
  request.setRequestHeader("X-Harbor-Csrf-Token", new FormData(form).get("csrf"));
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
}

function message(request) {
  try {
    return JSON.parse(request.responseText).message;
  } catch {
    return request.statusText;
  }
}
