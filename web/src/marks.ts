/** Text from the store on a page: what acts on the text around it, or is not seen, becomes a mark with its name, as in pages of the service. */

const NAMES: Record<number, string> = {
  0xad: "SOFT HYPHEN",
  0x34f: "COMBINING GRAPHEME JOINER",
  0x61c: "ARABIC LETTER MARK",
  0x180e: "MONGOLIAN VOWEL SEPARATOR",
  0x200b: "ZERO WIDTH SPACE",
  0x200c: "ZERO WIDTH NON-JOINER",
  0x200d: "ZERO WIDTH JOINER",
  0x200e: "LEFT-TO-RIGHT MARK",
  0x200f: "RIGHT-TO-LEFT MARK",
  0x2028: "LINE SEPARATOR",
  0x2029: "PARAGRAPH SEPARATOR",
  0x202a: "LEFT-TO-RIGHT EMBEDDING",
  0x202b: "RIGHT-TO-LEFT EMBEDDING",
  0x202c: "POP DIRECTIONAL FORMATTING",
  0x202d: "LEFT-TO-RIGHT OVERRIDE",
  0x202e: "RIGHT-TO-LEFT OVERRIDE",
  0x2060: "WORD JOINER",
  0x2066: "LEFT-TO-RIGHT ISOLATE",
  0x2067: "RIGHT-TO-LEFT ISOLATE",
  0x2068: "FIRST STRONG ISOLATE",
  0x2069: "POP DIRECTIONAL ISOLATE",
  0xfeff: "ZERO WIDTH NO-BREAK SPACE",
};
// Signs that go around Arabic numbers are of the same category, and plain to see; so is the mark that makes a sign an emoji.
const ACTS = /(?![\t\n\r\u0600-\u0605\u06dd\u0890\u0891\u08e2])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0e\u{e0100}-\u{e01ef}]/gu;

function name(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return NAMES[code] ? `${number} ${NAMES[code]}` : number;
}

/** A text for a page. */
export function marked(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(ACTS)) {
    const mark = document.createElement("span");
    mark.className = "control";
    mark.textContent = name(found[0]);
    fragment.append(text.slice(end, found.index), mark);
    end = found.index + found[0].length;
  }
  fragment.append(text.slice(end));
  return fragment;
}

/** A text for where no element can stand: such characters are written by their numbers. */
export function plainly(text: string): string {
  return text.replace(ACTS, (character) => `⟨${name(character).split(" ")[0]}⟩`);
}
