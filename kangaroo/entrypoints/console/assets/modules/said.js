// Tells people who listen to a page instead of looking at it.
export function say(sentence) {
  const place = document.getElementById("said");
  if (place) place.textContent = sentence;
}
