// Colours, which take no room.
const colours = /\x1b\[[0-9;]*m/g;

const roomOf = (text: string): number => text.replace(colours, '').length;

/** What is to be copied stays on one line: the terminal breaks it without putting anything in between. */
const isCommand = (line: string): boolean => /(^|: )(xf |--cursor )/.test(line.trimStart());

function lineWithin(line: string, width: number): string {
  if (roomOf(line) <= width || isCommand(line)) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const rest = indent.length + 2 <= width / 2 ? `${indent}  ` : '';
  const lines = [''];
  // A word with the blanks before it, so that what is aligned stays so as far as it goes.
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    const last = lines.at(-1) ?? '';
    if (last === '' || roomOf(last + word) <= width) lines[lines.length - 1] = last + word;
    else lines.push(rest + word.trimStart());
  }
  return lines.join('\n');
}

/** A text for a terminal of that width: longer lines broken at blanks, where the terminal would break them in the middle of a word. */
export const within = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => lineWithin(line, width))
    .join('\n');
