/** Names and what ties them: triples, or the first two columns of names of each row. */
import cytoscape from "cytoscape";
import { plainly } from "../marks";
import { type Answer, isAll, isIri, textOf } from "./answer";
import type { Kit } from "./views";

const MOST = 300; // ties: more is a cloud

const colour = (name: string): string => {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  probe.style.setProperty("forced-color-adjust", "none"); // which would make every colour that of text
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};

export function draw(figure: HTMLElement, answer: Answer, { setting, say }: Kit): string {
  const isTriples = answer.columns.join() === "subject,predicate,object";
  const named = answer.columns.filter((column) => isAll(answer, column, isIri));
  const [from, to] = isTriples ? ["subject", "object"] : [named[0] ?? "", named[1] ?? ""];
  const label = isTriples ? "predicate" : answer.columns.find((column) => column !== from && column !== to && !isAll(answer, column, isIri));
  const nodes = new Map<string, string>();
  const elements: cytoscape.ElementDefinition[] = [];
  for (const [number, row] of answer.rows.slice(0, MOST).entries()) {
    const ends = [row[from], row[to]];
    if (!ends[0] || !ends[1]) continue;
    for (const end of ends) if (end) nodes.set(`${end.type} ${end.value}`, plainly(textOf(end, setting)).slice(0, 60));
    const [source, target] = ends.map((end) => `${end?.type} ${end?.value}`);
    elements.push({ data: { id: `tie ${number}`, source, target, label: label ? plainly(textOf(row[label], setting)).slice(0, 40) : "" } });
  }
  const drawn = elements.length;
  elements.unshift(...[...nodes].map(([id, text]) => ({ data: { id, label: text } })));
  const sentence =
    say("graph-shows", { from, to, nodes: nodes.size, ties: drawn }) + (answer.rows.length > MOST ? ` ${say.count("first-rows", MOST)}` : "");
  const canvas = document.createElement("div");
  canvas.className = "canvas";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", sentence);
  figure.replaceChildren(canvas);
  cytoscape({
    container: canvas,
    elements,
    layout: { name: "cose", animate: false, nodeDimensionsIncludeLabels: true, padding: 20 },
    userZoomingEnabled: false, // the page's own scrolling stays what it is; dragging moves the picture
    style: [
      {
        selector: "node",
        style: {
          label: "data(label)",
          width: 14,
          height: 14,
          "background-color": colour("--accent"),
          color: colour("--ink"),
          "font-family": getComputedStyle(figure).fontFamily,
          "font-size": 13,
          "text-valign": "bottom",
          "text-margin-y": 4,
          "text-wrap": "ellipsis",
          "text-max-width": "150px",
        },
      },
      {
        selector: "edge",
        style: {
          label: "data(label)",
          width: 1.2,
          "line-color": colour("--muted"),
          "target-arrow-color": colour("--muted"),
          "target-arrow-shape": "triangle",
          "arrow-scale": 0.8,
          "curve-style": "bezier",
          color: colour("--muted"),
          "font-family": getComputedStyle(figure).fontFamily,
          "font-size": 11,
          "text-background-color": colour("--paper"),
          "text-background-opacity": 0.85,
          "text-rotation": "autorotate",
        },
      },
    ],
  });
  return sentence;
}
