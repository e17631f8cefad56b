/** An answer as the views of the page read it: columns, rows of terms, and what kinds of values a column has. */
import type { Parser } from "@zazuko/yasr";

export type Term = Parser.BindingValue;
export type Row = Record<string, Term | undefined>;

export interface Answer {
  columns: string[];
  rows: Row[];
}

export interface Place {
  ar: string;
  en: string;
  governorate: string;
}

/** What every view needs to know. */
export interface Setting {
  base: string;
  prefixes: Record<string, string>;
  places: Record<string, Place>;
}

const NUMBERS = /#(integer|decimal|double|float|int|long|nonNegativeInteger|short|byte|unsigned\w+)$/;

export function answerOf(results: Parser | undefined): Answer {
  const columns = results && !results.hasError() ? results.getVariables() : undefined;
  return columns?.length ? { columns, rows: (results?.getBindings() ?? []) as Row[] } : { columns: [], rows: [] };
}

export function isIri(term: Term | undefined): boolean {
  return term?.type === "uri";
}

export function numberOf(term: Term | undefined): number | undefined {
  if (!term?.datatype || !NUMBERS.test(term.datatype)) return undefined;
  const value = Number(term.value);
  return Number.isFinite(value) ? value : undefined;
}

/** Whether every value of a column is one of these, and there is any. */
export function isAll(answer: Answer, column: string, is: (term: Term | undefined) => boolean): boolean {
  const found = answer.rows.map((row) => row[column]).filter((term) => term !== undefined);
  return found.length > 0 && found.every(is);
}

/** An IRI in short: by a prefix, or by its last word; a part of a report by the report's name too. */
export function short(iri: string, setting: Setting): string {
  const part = iri.startsWith(`${setting.base}v/`) ? iri.slice(setting.base.length).split("/").slice(2).join("/") : "";
  if (part) return decoded(part);
  const found = Object.entries(setting.prefixes).find(([, start]) => iri.startsWith(start) && /^[\w.-]+$/.test(iri.slice(start.length)));
  if (found) return `${found[0]}:${iri.slice(found[1].length)}`;
  return decoded(iri.replace(/[/#]+$/, "").split(/[/#]/).pop() ?? iri);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function textOf(term: Term | undefined, setting: Setting): string {
  if (!term) return "";
  return term.type === "uri" ? short(term.value, setting) : term.value;
}

/** Where a term leads: ours to its page, one of the web there, and nothing else anywhere. */
export function leadsTo(term: Term, setting: Setting): string | undefined {
  if (term.type !== "uri") return undefined;
  if (term.value.startsWith(setting.base)) return `/id/${term.value.slice(setting.base.length)}`;
  return /^https?:/i.test(term.value) ? term.value : undefined;
}

/** An answer for a spreadsheet: no cell of it is a formula. */
export function csv(answer: Answer): string {
  const cell = (term: Term | undefined): string => {
    const value = term?.value ?? "";
    const safe = numberOf(term) === undefined && /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return [answer.columns.join(","), ...answer.rows.map((row) => answer.columns.map((column) => cell(row[column])).join(","))].join("\r\n");
}
