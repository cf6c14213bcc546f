import type { CommandNode, OptionNode } from './command-tree.js';

/** Text as troff shows it: no line is a request, hyphens can be searched for and copied. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    // troff reads bytes: `’` would be three characters that it doesn't know.
    .replace(/[^\0-\x7f]/gu, (one) => `\\[u${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`)
    .split('\n')
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .join('\n');

const entry = (term: string, about: string): string => `.TP\n.B ${roff(term)}\n${roff(about) || '\\&'}`;

const optionEntry = ({ written, about, choices }: OptionNode): string => {
  const some = choices.length === 0 ? '' : `${about === '' ? '' : '; '}one of ${choices.join(', ')}`;
  return entry(written, `${about}${some}`);
};

function commandSection({ path, about, arguments: named, options }: CommandNode): string {
  const synopsis = [path, ...named.map(({ name }) => name), ...(options.length === 0 ? [] : ['[options]'])].join(' ');
  return [
    `.SS ${roff(synopsis)}`,
    roff(about),
    ...named.filter((one) => one.about !== '').map((one) => entry(one.name, one.about)),
    ...options.map(optionEntry),
  ].join('\n');
}

const environment = [
  ['XF_URL', 'the coordinator, where --url does not name one'],
  ['XF_KEY', 'the API key, where --key does not give one'],
  ['XF_HOME', 'where the local fleet says what it is (default: ~/.xf; in a clone its .xf)'],
  ['NO_COLOR', 'no colours, also on a terminal'],
] as const;

/** The man page xf(1), from the commands that there are. */
export function manPage(
  tree: readonly CommandNode[],
  { version, exitCodes }: { version: string; exitCodes: string },
): string {
  const [program, ...commands] = tree;
  if (program === undefined) return '';
  return [
    `.TH XF 1 "" "xperf\\-fleet ${roff(version)}" "User Commands"`,
    '.SH NAME',
    `xf \\- ${roff(program.about.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    '.B xf',
    '[options] <command> [options]',
    '.SH DESCRIPTION',
    roff(program.about),
    '.SH OPTIONS',
    ...program.options.map(optionEntry),
    '.SH COMMANDS',
    ...commands.map(commandSection),
    '.SH EXIT STATUS',
    roff(exitCodes),
    '.SH ENVIRONMENT',
    ...environment.map(([name, about]) => entry(name, about)),
    '',
  ].join('\n');
}
