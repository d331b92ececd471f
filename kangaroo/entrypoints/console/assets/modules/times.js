// <time data-time>: on hover the reader's own time; the relative one grows while the page is open.
const language = document.documentElement.lang;
const whole = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const STEPS = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [604800, "day", 86400],
  [2629800, "week", 604800],
  [31557600, "month", 2629800],
  [Infinity, "year", 31557600],
];

function ago(moment) {
  const seconds = (moment - Date.now()) / 1000;
  const [, unit, size] = STEPS.find(([below]) => Math.abs(seconds) < below);
  return relative.format(Math.round(seconds / size), unit);
}

function show(root) {
  for (const time of root.querySelectorAll("time[data-time]")) time.title = whole.format(new Date(time.dateTime));
}

document.addEventListener("htmx:load", (event) => show(event.target));
setInterval(() => {
  for (const time of document.querySelectorAll("time[data-time]")) time.textContent = ago(new Date(time.dateTime));
}, 60_000);
