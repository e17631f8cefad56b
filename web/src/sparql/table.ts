/** An answer as a table: each value in its own direction, names that lead somewhere, a filter, and a hundred rows at a time. */
import { enable, isEnabled } from "../buttons";
import { marked } from "../marks";
import { grouped, type Say } from "../say";
import { type Answer, leadsTo, numberOf, type Row, type Setting, short, type Term, textOf } from "./answer";

const ROWS = 100;
const LONGEST = 2_000;

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function shown(term: Term, setting: Setting): Node {
  if (term.type === "uri") {
    const name = element("bdi", { title: term.value }, marked(short(term.value, setting)));
    const href = leadsTo(term, setting);
    return href ? element("a", { href, rel: "noopener noreferrer" }, name) : name;
  }
  if (term.type === "bnode") return element("bdi", {}, marked(`_:${term.value}`));
  const text = term.value.length > LONGEST ? `${term.value.slice(0, LONGEST)}…` : term.value;
  const language = term["xml:lang"];
  return element("span", { class: "value", dir: "auto", ...(language ? { lang: language } : {}) }, marked(text));
}

export function table(answer: Answer, setting: Setting, say: Say): HTMLElement {
  const body = element("tbody");
  const where = element("p", { class: "small muted", role: "status" });
  const filter = element("input", { type: "search", "aria-label": say("filter"), placeholder: say("filter") });
  const previous = element("button", { type: "button", class: "quiet" }, say("previous"));
  const next = element("button", { type: "button", class: "quiet" }, say("next"));
  let rows: Row[] = answer.rows;
  let start = 0;

  const draw = (): void => {
    const page = rows.slice(start, start + ROWS);
    body.replaceChildren(
      ...page.map((row) =>
        element(
          "tr",
          {},
          ...answer.columns.map((column) => {
            const term = row[column];
            return element("td", numberOf(term) === undefined ? {} : { class: "number" }, ...(term ? [shown(term, setting)] : []));
          }),
        ),
      ),
    );
    where.textContent = rows.length
      ? say("shown", { first: grouped(start + 1), last: grouped(start + page.length), n: grouped(rows.length) })
      : say("none");
    enable(previous, start > 0);
    enable(next, start + ROWS < rows.length);
  };
  const go = (by: number) => (event: Event): void => {
    if (!isEnabled(event.currentTarget as HTMLElement)) return;
    start = Math.max(0, start + by);
    draw();
  };
  previous.addEventListener("click", go(-ROWS));
  next.addEventListener("click", go(ROWS));
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // which would send the form
  });
  filter.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase();
    rows = answer.rows.filter((row) =>
      answer.columns.some((column) => `${textOf(row[column], setting)} ${row[column]?.value ?? ""}`.toLowerCase().includes(wanted)),
    );
    start = 0;
    draw();
  });
  draw();
  const head = element("tr", {}, ...answer.columns.map((column) => element("th", { scope: "col" }, column)));
  const grid = element("table", {}, element("thead", {}, head), body);
  const made = element("div", { class: "answer-table" });
  const controls = element("div", { class: "row" }, filter);
  if (answer.rows.length > ROWS) controls.append(previous, next);
  if (answer.rows.length > 1) made.append(controls);
  made.append(where, element("div", { class: "scroll", role: "region", "aria-label": say("table"), tabindex: "0" }, grid));
  return made;
}
