// [popover][data-anchored] opens beside the button that opens it, inside the window: at its end, or its start. Arrow
// keys go through the entries.
const GAP = 4;

function place(menu) {
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = menu.dataset.anchored === "start" ? at.left : at.right - width;
  const below = at.bottom + GAP;
  const top = below + height > innerHeight && at.top - GAP - height > 0 ? at.top - GAP - height : below;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${top}px`;
}

document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.("[popover][data-anchored]") || event.newState !== "open") return;
    place(event.target);
    event.target.querySelector("a, button")?.focus({ preventScroll: true });
  },
  true,
);

addEventListener("resize", () => document.querySelectorAll("[popover][data-anchored]:popover-open").forEach(place));

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[popover][data-anchored]");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const entries = [...menu.querySelectorAll("a, button")];
  const now = entries.indexOf(document.activeElement);
  const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 }[event.key];
  entries.at(next % entries.length)?.focus();
  event.preventDefault();
});
