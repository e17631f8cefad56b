/** The views of an answer. Those that draw load what draws when they are first looked at, and have their table beneath. */
import type { DownloadInfo, Plugin, Yasr } from "@zazuko/yasr";
import type { Say } from "../say";
import { type Answer, answerOf, csv, isAll, isIri, numberOf, type Setting } from "./answer";
import { isPlaced } from "./placed";
import { table } from "./table";

export interface Kit {
  setting: Setting;
  say: Say;
}

/** Draws an answer into a figure, and gives the sentence that says what it shows. */
export type Draw = (figure: HTMLElement, answer: Answer, kit: Kit) => Promise<string> | string;

interface View {
  name: string;
  priority: number;
  /** Whether the columns allow it. */
  fits(answer: Answer, kit: Kit): boolean;
  load?: () => Promise<{ draw: Draw }>;
}

const edges = (answer: Answer): number => answer.columns.filter((column) => isAll(answer, column, isIri)).length;

const VIEWS: View[] = [
  { name: "table", priority: 10, fits: (answer) => answer.columns.length > 0 },
  { name: "graph", priority: 6, fits: (answer) => edges(answer) >= 2, load: () => import("./graph") },
  { name: "map", priority: 5, fits: (answer, kit) => isPlaced(answer, kit.setting), load: () => import("./map") },
  {
    name: "chart",
    priority: 4,
    fits: (answer) => answer.columns.length > 1 && answer.columns.some((column) => isAll(answer, column, (term) => numberOf(term) !== undefined)),
    load: () => import("./chart"),
  },
];

export const NAMES = VIEWS.map((view) => view.name);

/** The views as the editor's plugins. */
export function plugins(kit: Kit): Record<string, new (yasr: Yasr) => Plugin<never>> {
  return Object.fromEntries(VIEWS.map((view) => [view.name, plugin(view, kit)]));
}

function plugin(view: View, kit: Kit): new (yasr: Yasr) => Plugin<never> {
  return class implements Plugin<never> {
    priority = view.priority;
    label = kit.say(view.name);

    constructor(private readonly yasr: Yasr) {}

    canHandleResults(): boolean {
      const answer = answerOf(this.yasr.results);
      return view.fits(answer, kit);
    }

    async draw(): Promise<void> {
      const answer = answerOf(this.yasr.results);
      const rows = table(answer, kit.setting, kit.say);
      if (!view.load) {
        this.yasr.resultsEl.replaceChildren(rows);
        return;
      }
      const sentence = document.createElement("p");
      sentence.setAttribute("role", "status"); // filled once it is drawn, so that it is read aloud
      const figure = document.createElement("div");
      figure.className = `figure ${view.name}`;
      const beneath = document.createElement("details");
      const summary = document.createElement("summary");
      summary.textContent = kit.say("as-table");
      beneath.append(summary, rows);
      this.yasr.resultsEl.replaceChildren(sentence, figure, beneath);
      const { draw } = await view.load();
      sentence.textContent = await draw(figure, answer, kit);
    }

    getIcon(): undefined {
      return undefined;
    }

    download(filename?: string): DownloadInfo {
      const getData = (): string => csv(answerOf(this.yasr.results));
      return { contentType: "text/csv", getData, filename: `${filename || "answer"}.csv`, title: "CSV" };
    }
  };
}
