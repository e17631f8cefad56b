/** What the editor completes: prefixes, classes and properties of this graph, from this service. Nothing is asked of anybody else. */
import type { Yasqe } from "@zazuko/yasqe";
import type { Place } from "./answer";

export interface Known {
  iri: string;
  ar?: string;
  en?: string;
}

export interface Terms {
  prefixes: Record<string, string>;
  classes: Known[];
  properties: Known[];
  places: Record<string, Place>;
  /** The names of what is not seen, by number. */
  unseen: Record<string, string>;
}

interface Token {
  string: string;
  type?: string;
  from?: { ch: number };
  autocompletionString?: string;
  tokenPrefix?: string;
  tokenPrefixUri?: string;
}

const MOST = 60;
const WORD = /[\p{L}\p{M}\p{N}_-]+$/u;

/** Words as they are compared: however they are vowelled, and whichever of its forms an alef, a ya or a ta has. */
function folded(text: string): string {
  return text.toLowerCase().normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").replace(/ى/g, "ي").replace(/ة/g, "ه");
}

/** The word before the cursor: to the editor, letters that are no keyword are errors, those outside ASCII one by one. */
function wordBefore(editor: Yasqe): string {
  const { line, ch } = editor.getDoc().getCursor();
  return WORD.exec(editor.getDoc().getLine(line).slice(0, ch))?.[0] ?? "";
}
const COMPLETERS = { class: "classes", property: "properties" } as const;

/** Register the completers of these terms with the editor, in the place of its own. */
export function complete(yasqe: typeof Yasqe, terms: Terms, language: string): void {
  const prefixesOf = (editor: Yasqe): Record<string, string> => ({ ...terms.prefixes, ...editor.getPrefixesFromQuery() });
  const inShort = (iri: string, prefixes: Record<string, string>): string => {
    const found = Object.entries(prefixes).find(([, start]) => iri.startsWith(start) && /^[\w-]+$/.test(iri.slice(start.length)));
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : `<${iri}>`;
  };
  const before = (editor: Yasqe, token: Token): Token => {
    const word = token.type === "error" ? wordBefore(editor) : "";
    if (word) return { ...token, string: word, from: { ch: editor.getDoc().getCursor().ch - word.length }, autocompletionString: word };
    const text = token.string.trim();
    const [prefix, ...rest] = text.split(":");
    const start = text.includes("<") || !rest.length ? undefined : prefixesOf(editor)[prefix ?? ""];
    if (start !== undefined) return { ...token, tokenPrefix: `${prefix}:`, tokenPrefixUri: start, autocompletionString: start + rest.join(":") };
    return { ...token, autocompletionString: text.replace(/^</, "").replace(/>$/, "") };
  };
  const labels = new Map([...terms.classes, ...terms.properties].map((one) => [one.iri, (language === "ar" ? one.ar : one.en) ?? ""]));

  for (const [kind, list] of Object.entries(COMPLETERS) as ["class" | "property", "classes" | "properties"][]) {
    yasqe.forkAutocompleter(kind, {
      name: `our-${kind}`,
      bulk: false,
      onInitialize: () => undefined,
      get: (_, token) => {
        const { autocompletionString: given = "", tokenPrefixUri: start = "" } = (token ?? {}) as Partial<Token>;
        const wanted = folded(given.slice(start.length));
        const begins = ({ iri }: Known): boolean => folded(iri.slice(start.length)).startsWith(wanted);
        const named = ({ iri, ar, en }: Known): boolean => wanted.length > 1 && folded(`${iri.split(/[/#]/).pop()} ${ar ?? ""} ${en ?? ""}`).includes(wanted);
        const fitting = terms[list].filter((one) => one.iri.startsWith(start) && (begins(one) || named(one)));
        return fitting.sort((one, other) => Number(begins(other)) - Number(begins(one))).map((one) => one.iri).slice(0, MOST);
      },
      preProcessToken: before as never,
      postProcessSuggestion: (editor, _, iri) => inShort(iri, prefixesOf(editor)),
      postprocessHints: (editor, hints) => {
        const prefixes = prefixesOf(editor);
        const byText = new Map([...labels].map(([iri, label]) => [inShort(iri, prefixes), label]));
        return hints.map((hint) => ({ ...hint, displayText: byText.get(hint.text) ? `${hint.text}  ${byText.get(hint.text)}` : hint.text }));
      },
    });
  }
  yasqe.forkAutocompleter("prefixes", {
    name: "our-prefixes",
    bulk: false,
    onInitialize: () => undefined,
    persistenceId: null,
    get: (_, token) =>
      Object.entries(terms.prefixes)
        .map(([prefix, iri]) => `${prefix}: <${iri}>`)
        .filter((one) => one.startsWith(((token as Token | undefined)?.autocompletionString ?? (token as Token | undefined)?.string ?? "").trim())),
  });
  yasqe.defaults.autocompleters = ["our-class", "our-property", "our-prefixes", "variables"];
}
