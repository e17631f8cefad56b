/** What a script says, in the reader's language: texts that the page hands over in an attribute. */

export type Texts = Record<string, string | Record<string, string>>;
type Values = Record<string, string | number>;

export interface Say {
  (key: string, values?: Values): string;
  /** The text for a number of things, which it may name as {n}. */
  count(key: string, number: number): string;
  language: string;
}

/** A number with its thousands apart, in digits that both languages read. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

export function saying(texts: Texts, language: string): Say {
  const rules = new Intl.PluralRules(language);
  const filled = (text: string, values: Values): string => text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  const form = (key: string, number: number): string => {
    const text = texts[key] ?? key;
    return typeof text === "string" ? text : (text[rules.select(number)] ?? text.other ?? key);
  };
  const say = (key: string, values: Values = {}): string => filled(form(key, 0), values);
  return Object.assign(say, { count: (key: string, number: number) => filled(form(key, number), { n: grouped(number) }), language });
}
