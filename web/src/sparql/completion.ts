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
  autocompletionString?: string;
  tokenPrefix?: string;
  tokenPrefixUri?: string;
}

const MOST = 60;
const COMPLETERS = { class: "classes", property: "properties" } as const;

/** Register the completers of these terms with the editor, in the place of its own. */
export function complete(yasqe: typeof Yasqe, terms: Terms, language: string): void {
  const prefixesOf = (editor: Yasqe): Record<string, string> => ({ ...terms.prefixes, ...editor.getPrefixesFromQuery() });
  const inShort = (iri: string, prefixes: Record<string, string>): string => {
    const found = Object.entries(prefixes).find(([, start]) => iri.startsWith(start) && /^[\w-]+$/.test(iri.slice(start.length)));
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : `<${iri}>`;
  };
  const before = (editor: Yasqe, token: Token): Token => {
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
        const wanted = (token?.autocompletionString ?? "").toLowerCase();
        const fits = (one: Known): boolean =>
          one.iri.toLowerCase().startsWith(wanted) || (wanted.length > 1 && `${one.iri} ${one.ar ?? ""} ${one.en ?? ""}`.toLowerCase().includes(wanted));
        return terms[list].filter(fits).map((one) => one.iri).slice(0, MOST);
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
