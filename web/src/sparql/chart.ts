/** Numbers by what they are of: a bar for each row, and a range where a row has a least and a most. */
import * as Plot from "@observablehq/plot";
import { plainly } from "../marks";
import { type Answer, isAll, numberOf, type Row, textOf } from "./answer";
import type { Kit } from "./views";

const MOST = 40;

export function draw(figure: HTMLElement, answer: Answer, { setting, say }: Kit): string {
  const numbers = answer.columns.filter((column) => isAll(answer, column, (term) => numberOf(term) !== undefined));
  const measured = numbers[0] ?? "";
  const others = answer.columns.filter((column) => !numbers.includes(column));
  const value = (row: Row, columns: string[]): string => columns.map((column) => textOf(row[column], setting)).filter(Boolean).join(" · ");
  const tells = (columns: string[]): boolean => new Set(answer.rows.map((row) => value(row, columns))).size === answer.rows.length;
  const single = others.find((column) => tells([column]));
  const by = single ? [single] : others.slice(0, Math.max(1, others.findIndex((_, last) => tells(others.slice(0, last + 1))) + 1)); // as many as tell rows apart
  const name = (row: Row, number: number): string => plainly(value(row, by)).slice(0, 44) || `${number + 1}`;
  const rows = answer.rows.slice(0, MOST).map((row, number) => ({ row: `${number} ${name(row, number)}`, value: numberOf(row[measured]) ?? 0 }));
  const sentence = say("chart-shows", { measured, by: by.join(", ") }) + (answer.rows.length > MOST ? ` ${say.count("first-rows", MOST)}` : "");
  const picture = Plot.plot({
    width: Math.max(320, Math.min(900, figure.clientWidth || 640)),
    marginLeft: 290,
    marginBottom: 44,
    style: { background: "transparent", fontFamily: "inherit", fontSize: "13px", overflow: "visible" },
    x: { label: measured, labelOffset: 38, grid: true, nice: true },
    y: { label: null, domain: rows.map((one) => one.row), tickFormat: (one: string) => one.slice(one.indexOf(" ") + 1) },
    marks: [
      Plot.barX(rows, { x: "value", y: "row", fill: "var(--accent)", insetTop: 3, insetBottom: 3 }),
      Plot.text(rows, { x: "value", y: "row", text: (one: { value: number }) => String(one.value), dx: 6, textAnchor: "start", fill: "currentColor" }),
      Plot.ruleX([0]),
    ],
  });
  const drawing = picture instanceof SVGElement ? picture : picture.querySelector("svg");
  for (const group of picture.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label"); // which a group may not have
  drawing?.setAttribute("role", "img");
  drawing?.setAttribute("aria-label", sentence);
  figure.replaceChildren(picture);
  return sentence;
}
