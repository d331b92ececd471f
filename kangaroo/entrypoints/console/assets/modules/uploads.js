// form[data-upload="URL"]: sends the chosen file as it is, with progress, and can be stopped. The answer says where to
// go: {"next": "/…"}; a failure says why: {"message": "…"}.
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

function send(form, file) {
  const part = (name) => form.querySelector(`[data-upload-${name}]`);
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string" && value));
  query.delete("csrf");
  const request = new XMLHttpRequest();
  const started = performance.now();
  const stopped = () => {
    part("progress").hidden = true;
    form.querySelector("[type=submit]").disabled = false;
  };
  const failed = (message) => {
    stopped();
    part("error").textContent = message;
    part("error").hidden = false;
    say(message);
  };
  part("error").hidden = true;
  part("progress").hidden = false;
  form.querySelector("[type=submit]").disabled = true;
  part("stop").onclick = () => request.abort();
  request.upload.onprogress = (now) => {
    const speed = now.loaded / ((performance.now() - started) / 1000);
    part("bar").value = now.loaded;
    part("bar").max = now.total;
    part("told").textContent = `${written(now.loaded)} / ${written(now.total)} · ${written(speed)}/s`;
    if (now.loaded === now.total) {
      part("bar").removeAttribute("value");
      part("told").textContent = part("told").dataset.reading;
    }
  };
  request.onload = () => {
    const told = JSON.parse(request.responseText || "{}");
    if (request.status < 300 && told.next) location.assign(told.next);
    else failed(told.message ?? request.statusText);
  };
  request.onerror = () => failed(part("error").dataset.lost);
  request.onabort = stopped;
  request.open("POST", `${form.dataset.upload}?${query}`);
  request.setRequestHeader("X-Harbor-Csrf-Token", new FormData(form).get("csrf"));
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
}
