/** The editor of the SPARQL page: tabs, completion, views of answers, a stop that stops the service's work, and what happened said aloud. */
import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
import "./studio.css";
import type { Yasqe } from "@zazuko/yasqe";
import type { Parser } from "@zazuko/yasr";
import { enable, isEnabled } from "../buttons";
import { inEditors, learn, marked } from "../marks";
import { grouped, type Say } from "../say";
import { answerOf } from "./answer";
import { complete, type Terms } from "./completion";
import { attendTabs } from "./tabs";
import { NAMES, plugins } from "./views";

export interface Page {
  form: HTMLFormElement;
  place: HTMLElement;
  controls: HTMLElement[];
  run: HTMLButtonElement;
  stop: HTMLButtonElement;
  link: HTMLButtonElement;
  timeout: HTMLInputElement;
  status: HTMLElement;
  base: string;
  query: string;
  isGiven: boolean;
  title: string;
  say: Say;
}

interface Response {
  status?: number;
  headers?: Headers;
}

const ENDPOINT = `${location.origin}/sparql`;

export async function open(page: Page): Promise<void> {
  const { say } = page;
  const terms = (await (await fetch("/pages/sparql/terms.json", { headers: { Accept: "application/json" } })).json()) as Terms;
  learn(terms.unseen);
  complete(Yasgui.Yasqe, terms, say.language);
  const { Yasr, Yasqe } = Yasgui;
  const kit = { setting: { base: page.base, prefixes: terms.prefixes, places: terms.places }, say };
  for (const [name, one] of Object.entries(plugins(kit))) Yasr.registerPlugin(name, one as never);
  Yasr.defaults.pluginOrder = [...NAMES, "response"];
  Yasr.defaults.prefixes = terms.prefixes;
  Yasr.defaults.maxPersistentResponseSize = 0; // what the store answered stays out of the browser's storage
  Yasr.defaults.errorRenderers = [(error) => Promise.resolve(refusal(error, say))];
  Yasqe.defaults.prefixCcApi = null;
  Yasqe.defaults.showQueryButton = false;
  Yasqe.defaults.editorHeight = "20rem";
  Yasqe.defaults.screenReaderLabel = say("query");
  Object.assign(Yasqe.defaults, inEditors);
  const yasgui = new Yasgui(page.place, {
    persistenceId: "claimgraph-sparql",
    populateFromUrl: false,
    autofocus: false,
    tabName: say("tab"),
    autoAddOnInit: !page.isGiven,
    requestConfig: {
      endpoint: ENDPOINT,
      method: "POST",
      args: [],
      headers: {},
      acceptHeaderGraph: "application/n-triples,text/turtle;q=0.9",
      acceptHeaderSelect: "application/sparql-results+json",
    },
    endpointCatalogueOptions: { getData: () => [{ endpoint: ENDPOINT }], keys: [], renderItem: () => undefined } as never,
    yasqe: { value: page.query } as never,
  });
  if (page.isGiven) yasgui.addTab(true, { name: page.title || say("tab"), yasqe: { value: page.query } } as never, { avoidDuplicateTabs: true });

  const tell = (text: string, kind = ""): void => {
    page.status.className = `status ${kind}`;
    page.status.textContent = text;
  };
  const running = (is: boolean): void => {
    enable(page.stop, is);
    enable(page.run, !is);
  };
  const editor = () => yasgui.getTab()?.getYasqe();
  // Tabs that were kept from another visit ask this service too, and wait as long as the field says now.
  const configure = (): void => {
    const args = page.timeout.value ? [{ name: "timeout", value: page.timeout.value }] : [];
    for (const tab of Object.values(yasgui._tabs)) tab.setRequestConfig({ endpoint: ENDPOINT, args });
  };
  page.timeout.addEventListener("input", configure);
  page.form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isEnabled(page.run)) editor()?.query().catch(() => undefined); // what went wrong is shown as an answer
  });
  page.stop.addEventListener("click", () => {
    if (isEnabled(page.stop)) editor()?.abortQuery();
  });
  page.link.addEventListener("click", () => {
    history.replaceState(null, "", `${location.pathname}?query=${encodeURIComponent(textOf(editor()))}`);
    tell(say("linked"));
  });
  let isStopped = false;
  yasgui.on("query", () => {
    isStopped = false;
    running(true);
    tell(say("running"));
  });
  yasgui.on("queryAbort", () => {
    isStopped = true;
    running(false);
    tell(say("stopped"), "warning");
  });

  const attend = (): void => {
    const tab = yasgui.getTab();
    if (!tab) return;
    const yasqe = tab.getYasqe();
    const heard = yasqe as unknown as { isHeard?: boolean };
    const results = tab.getYasr().rootEl;
    configure();
    label(results, say);
    yasqe.getWrapperElement().querySelector(".yasqe_share")?.remove(); // its link leads to what this page does not read
    for (const one of page.place.querySelectorAll("button:not([type])")) one.setAttribute("type", "button"); // else Enter in a field presses the editor's first
    results.classList.toggle("answered", tab.getYasr().results?.hasError() === false);
    (results.closest(".yasr") ?? results).before(...page.controls); // one set of controls, beneath whichever editor is seen
    if (heard.isHeard) return;
    heard.isHeard = true;
    declare(yasqe, terms.prefixes);
    tab.getYasr().on("drawn", () => showUnseen(results));
    yasqe.getWrapperElement().querySelector(".CodeMirror-scroll")?.setAttribute("tabindex", "0"); // it scrolls, so keys reach it
    yasqe.on("queryResponse", (_, response: Response, duration: number) => {
      if (isStopped) return;
      running(false);
      results.classList.toggle("answered", response.status !== undefined);
      if (response.status === undefined) {
        tell(say("failed"), "warning");
        return;
      }
      const { rows } = answerOf(tab.getYasr().results);
      const isCut = response.headers?.get("x-truncated") === "true";
      const took = say("took", { seconds: (duration / 1000).toFixed(2) });
      tell(isCut ? `${say("cut", { n: grouped(rows.length) })} ${took}` : `${say.count("rows", rows.length)} ${took}`, isCut ? "warning" : "");
    });
  };
  attend();
  yasgui.on("tabSelect", () => setTimeout(attend));
  yasgui.on("tabAdd", () => setTimeout(attend));
  attendTabs(yasgui, page.place, say, tell);
  running(false);
  for (const one of [page.place, page.stop, page.link]) one.hidden = false;
  editor()?.refresh();
}

function textOf(editor: Yasqe | undefined): string {
  return (editor as unknown as { getValue(): string } | undefined)?.getValue() ?? "";
}

/** Declare the known prefixes that a query uses, which the service does not ask for and the editor does. */
function declare(editor: Yasqe, known: Record<string, string>): void {
  const declared = editor.getPrefixesFromQuery();
  const text = textOf(editor).replace(/<[^>]*>|"[^"\n]*"|#.*/g, " ");
  const missing = Object.entries(known).filter(([prefix]) => !(prefix in declared) && new RegExp(`(^|[^\\w:?$-])${prefix}:`).test(text));
  for (const [prefix, iri] of missing) editor.addPrefixes({ [prefix]: iri });
}

/** Have the answer as it came, which an editor shows, name what is not seen. */
function showUnseen(results: HTMLElement): void {
  for (const one of results.querySelectorAll<HTMLElement & { CodeMirror?: { setOption(name: string, value: unknown): void } }>(".CodeMirror")) {
    for (const [name, value] of Object.entries(inEditors)) one.CodeMirror?.setOption(name, value);
  }
}

/** An error as the service tells it: the sentence of its problem details. */
function refusal(error: Parser.ErrorSummary, say: Say): HTMLElement {
  let sentence = error.text;
  try {
    sentence = (JSON.parse(error.text) as { detail?: string }).detail ?? sentence;
  } catch {
    // it is a sentence already, or none of ours
  }
  const made = document.createElement("div");
  made.className = "notice warning";
  made.setAttribute("role", "alert");
  const text = document.createElement("p");
  if (/abort/i.test(sentence)) text.textContent = say("stopped");
  else {
    text.lang = "en";
    text.dir = "ltr";
    text.append(marked(sentence));
  }
  made.append(text);
  return made;
}

/** Give the buttons of an answer names in the reader's language, and have each view's button say whether it is the one that is seen. */
function label(results: HTMLElement, say: Say): void {
  const views = results.querySelectorAll(".yasr_btnGroup button");
  const press = (): void => {
    for (const button of views) button.setAttribute("aria-pressed", String(button.classList.contains("selected")));
  };
  for (const button of views) button.removeAttribute("aria-label");
  const group = results.querySelector(".yasr_btnGroup");
  if (group && !group.hasAttribute("aria-label")) new MutationObserver(press).observe(group, { subtree: true, attributeFilter: ["class"] });
  group?.setAttribute("aria-label", say("views"));
  press();
  const raw = results.querySelector(".select_response");
  raw?.replaceChildren(say("raw"));
  raw?.setAttribute("title", say("raw"));
  for (const one of results.querySelectorAll(".yasr_downloadIcon")) {
    one.setAttribute("aria-label", say("download"));
    one.setAttribute("title", say("download"));
  }
}
