/**
 * Characters that a terminal obeys instead of showing, or that make text look like other text: controls of C0 and C1 (an
 * escape sequence begins with U+001B or U+009B), line and paragraph separators, marks that turn the direction of writing
 * (Unicode Technical Report 36, section 2.10), invisible ones, and halves of surrogate pairs.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const escaped: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(character: string): string {
  return escaped[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** Text from outside for a terminal, on one line: what it would obey is shown as an escape, for example `\u001b`. */
export function legible(text: string): string {
  return text.replace(unsafe, escape);
}

/** The same for text whose line breaks are our own. */
export function legibleLines(text: string): string {
  return text.split('\n').map(legible).join('\n');
}

/** A copy of a value in which every text, keys as well, is legible. */
export function legibleValue<T>(value: T): T {
  const copy = (one: unknown): unknown => {
    if (typeof one === 'string') return legible(one);
    if (Array.isArray(one)) return one.map(copy);
    if (typeof one !== 'object' || one === null || Object.getPrototypeOf(one) !== Object.prototype) return one;
    return Object.fromEntries(Object.entries(one).map(([key, part]) => [legible(key), copy(part)]));
  };
  return copy(value) as T;
}

/** JSON that a terminal can be shown: the same value, written with escapes only. */
export function legibleJson(value: unknown): string {
  return JSON.stringify(value).replace(unsafe, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
