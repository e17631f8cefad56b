/** A report's page: whoever points at a claim in the list, or reaches it by keyboard, sees its place in the text, and the other way round. */

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
for (const mark of marks) mark.addEventListener("pointerenter", () => show(mark.dataset.claims?.split(" ") ?? []));
for (const part of document.querySelectorAll(".source-text, .claims")) part.addEventListener("pointerleave", () => show([]));
