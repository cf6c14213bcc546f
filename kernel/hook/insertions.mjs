// Puts our lines into a file's text and takes them out again. Pure: text in, text out.

/** @typedef {import('./anchors.mjs').Anchor} Anchor */

/** An anchor that does not match exactly once; the message names anchor, file and what to look at. */
export class AnchorError extends Error {
  /**
   * @param {Anchor} anchor
   * @param {string} reason
   */
  constructor(anchor, reason) {
    super(`anchor "${anchor.name}" in ${anchor.file}: ${reason}`);
    this.name = 'AnchorError';
  }
}

/**
 * Index of the only line within [start, end) that satisfies `matches`.
 * @param {Anchor} anchor
 * @param {readonly string[]} lines
 * @param {number} start
 * @param {number} end
 * @param {(line: string) => boolean} matches
 * @param {string} description
 */
function onlyLine(anchor, lines, start, end, matches, description) {
  const found = lines.flatMap((line, index) => (index >= start && index < end && matches(line) ? [index] : []));
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new AnchorError(anchor, `${description} occurs ${found.length} times, expected once`);
  return only;
}

/**
 * @param {Anchor} anchor
 * @param {readonly string[]} lines
 * @returns {[start: number, end: number]}
 */
function rangeOf(anchor, lines) {
  const { from, to } = anchor;
  const start =
    from === undefined ? 0 : onlyLine(anchor, lines, 0, lines.length, (line) => line.startsWith(from), `"${from}"`);
  if (to === undefined) return [start, lines.length];
  const end = lines.findIndex((line, index) => index > start && line.startsWith(to));
  if (end < 0) throw new AnchorError(anchor, `no "${to}" after "${from ?? 'the start of the file'}"`);
  return [start, end];
}

/**
 * @param {Anchor} anchor
 * @param {readonly string[]} lines
 */
function anchoredLine(anchor, lines) {
  const [start, end] = rangeOf(anchor, lines);
  return onlyLine(anchor, lines, start, end, (line) => line.trim() === anchor.line, `"${anchor.line}"`);
}

/**
 * First of our lines, when they stand by the anchor already; else undefined.
 *
 * @param {Anchor} anchor
 * @param {readonly string[]} lines
 * @param {number} anchorIndex
 */
function presentAt(anchor, lines, anchorIndex) {
  const first = anchor.place === 'before' ? anchorIndex - anchor.insert.length : anchorIndex + 1;
  return first >= 0 && anchor.insert.every((line, offset) => lines[first + offset] === line) ? first : undefined;
}

/**
 * Inserts the lines of every anchor that belongs to this file.
 * @param {string} text
 * @param {readonly Anchor[]} anchors of this file
 * @returns {{ text: string, added: { line: number, text: string }[] }} the new text; our lines with their numbers in it, from 1
 * @throws {AnchorError} when an anchor does not match exactly once or its lines are there already
 */
export function insertAll(text, anchors) {
  const lines = text.split('\n').map((line) => ({ line, ours: false }));
  for (const anchor of anchors) {
    const plain = lines.map(({ line }) => line);
    const at = anchoredLine(anchor, plain);
    if (presentAt(anchor, plain, at) !== undefined) throw new AnchorError(anchor, 'is applied already');
    const ours = anchor.insert.map((line) => ({ line, ours: true }));
    lines.splice(anchor.place === 'before' ? at : at + 1, 0, ...ours);
  }
  return {
    text: lines.map(({ line }) => line).join('\n'),
    added: lines.flatMap(({ line, ours }, index) => (ours ? [{ line: index + 1, text: line }] : [])),
  };
}

/**
 * Takes the lines of every anchor out again.
 * @param {string} text
 * @param {readonly Anchor[]} anchors of this file
 * @returns {string}
 * @throws {AnchorError} when an anchor's lines are not where they were put
 */
export function removeAll(text, anchors) {
  const lines = text.split('\n');
  for (const anchor of [...anchors].reverse()) {
    const first = presentAt(anchor, lines, anchoredLine(anchor, lines));
    if (first === undefined) throw new AnchorError(anchor, 'is not applied');
    lines.splice(first, anchor.insert.length);
  }
  return lines.join('\n');
}
