/** Text from the store on a page: what acts on the text around it, or is not seen, becomes a mark with its name, as in pages of the service. */

// Signs that go around Arabic numbers are of the same category, and plain to see; so is what makes a sign a picture, but not behind a letter.
const ACTS =
  /(?![\t\n\r\u0600-\u0605\u06dd\u0890\u0891\u08e2])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\uffa0\ufe00-\ufe0e\ufff0-\ufff8\u{13439}-\u{1345f}\u{e0000}-\u{e0fff}]|(?<=\p{L})\ufe0f/gu;
// The same for an editor, which looks at halves of pairs: of these it knows the plane of tags, and marks them at their second half.
const IN_EDITORS =
  /[\0-\x08\x0b\f\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\udb40]|(?<=\udb40)[\udc00-\udfff]/;
const TAGS = 0xe0000;

let names: Record<string, string> = {};

/** Take up the names of such characters, by their numbers in hex digits; without them a mark tells the number alone. */
export function learn(known: Record<string, string>): void {
  names = known;
}

function name(code: number): string {
  const number = code.toString(16).toUpperCase().padStart(4, "0");
  return `U+${number} ${names[number] ?? (code < 0xa0 ? "CONTROL" : "WITHOUT A NAME")}`;
}

function mark(code: number): HTMLElement {
  const made = document.createElement("span");
  made.className = "control";
  made.textContent = name(code);
  return made;
}

/** A text for a page. */
export function marked(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(ACTS)) {
    fragment.append(text.slice(end, found.index), mark(found[0].codePointAt(0) ?? 0));
    end = found.index + found[0].length;
  }
  fragment.append(text.slice(end));
  return fragment;
}

/** A text for where no element can stand: such characters are written by number and name. */
export function plainly(text: string): string {
  return text.replace(ACTS, (character) => `⟨${name(character.codePointAt(0) ?? 0)}⟩`);
}

/** What an editor (CodeMirror) is told so that it shows them too. */
export const inEditors = {
  specialChars: IN_EDITORS,
  specialCharPlaceholder(half: string): HTMLElement {
    const code = half.charCodeAt(0);
    if (code >= 0xdc00 && code <= 0xdfff) return mark(TAGS + code - 0xdc00);
    return code === 0xdb40 ? document.createElement("span") : mark(code);
  },
};
