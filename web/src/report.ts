/**
 * A report's page: whoever points at a claim in the list, or reaches it by keyboard, sees its place in the text, and the other way round.
 * Whoever follows a link into the text has the focus on the words, and Enter leads back to the claim.
 */

const marks = [...document.querySelectorAll<HTMLElement>("mark[data-claims]")];
const items = [...document.querySelectorAll<HTMLElement>("[data-claim]")];

function show(claims: readonly string[]): void {
  for (const mark of marks) mark.classList.toggle("is-shown", claims.some((claim) => mark.dataset.claims?.split(" ").includes(claim)));
  for (const item of items) item.classList.toggle("is-shown", claims.includes(item.dataset.claim ?? ""));
}

for (const item of items) {
  const own = [item.dataset.claim ?? ""];
  item.addEventListener("pointerenter", () => show(own));
  item.addEventListener("focusin", () => show(own));
}
for (const mark of marks) {
  for (const event of ["pointerenter", "focusin"]) mark.addEventListener(event, () => show(mark.dataset.claims?.split(" ") ?? []));
}
for (const part of document.querySelectorAll(".source-text, .claims")) part.addEventListener("pointerleave", () => show([]));

function arrive(): void {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id.startsWith("at-")) return;
  let place = document.getElementById(id);
  while (place?.matches("span:empty")) place = place.nextElementSibling as HTMLElement | null;
  const words = place?.querySelector<HTMLAnchorElement>("a") ?? place;
  if (!words) return;
  if (words instanceof HTMLAnchorElement && document.getElementById(`claim-${id.slice(3)}`)) words.hash = `#claim-${id.slice(3)}`;
  words.tabIndex = -1;
  words.focus();
}

addEventListener("hashchange", arrive);
arrive();
