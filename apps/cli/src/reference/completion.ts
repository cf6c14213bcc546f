import type { CommandNode, OptionNode } from './command-tree.js';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** In single quotes of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const ofEvery = ([program]: readonly CommandNode[]): OptionNode[] => [
  ...(program?.options ?? []),
  { flags: ['--help'], written: '--help', about: 'what it does, and its options', choices: [], takesValue: false },
];

const optionsAt = (tree: readonly CommandNode[], node: CommandNode): OptionNode[] => [
  ...(node === tree[0] ? [] : node.options),
  ...ofEvery(tree),
];

/** Lines of `case` for bash and zsh: how far a word leads into the commands, and what may stand there. */
function cases(tree: readonly CommandNode[]): { paths: string; values: string[]; words: string[] } {
  return {
    paths: tree
      .slice(1)
      .map(({ path }) => quoted(path))
      .join('|'),
    values: tree.flatMap((node) =>
      optionsAt(tree, node)
        .filter(({ takesValue }) => takesValue)
        .map(({ flags, choices }) => {
          const patterns = flags.map((flag) => quoted(`${node.path} ${flag}`)).join('|');
          return `${patterns}) words=${quoted(choices.join(' '))} ;;`;
        }),
    ),
    words: tree.map((node) => {
      const names = [
        ...node.subcommands.map(({ name }) => name),
        ...optionsAt(tree, node).flatMap(({ flags }) => flags),
      ];
      return `${quoted(node.path)}) words=${quoted(names.join(' '))} ;;`;
    }),
  };
}

/** The same for both shells: `at` is the command that the words before lead to. */
function choose(tree: readonly CommandNode[], indent: string): string {
  const { values, words } = cases(tree);
  return [
    'case "$at $before" in',
    ...values.map((line) => `  ${line}`),
    '  *) case "$at" in',
    ...words.map((line) => `    ${line}`),
    '  esac ;;',
    'esac',
  ]
    .map((line) => indent + line)
    .join('\n');
}

function bash(tree: readonly CommandNode[]): string {
  return `# completion of xf for bash; made by xf completion bash
_xf() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} at=xf words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${cases(tree).paths}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
${choose(tree, '  ')}
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o bashdefault -o default -F _xf xf
`;
}

function zsh(tree: readonly CommandNode[]): string {
  return `#compdef xf
# completion of xf for zsh; made by xf completion zsh
_xf() {
  local before=\${words[CURRENT - 1]} at=xf typed
  for typed in "\${(@)words[2,CURRENT - 1]}"; do
    case "$at $typed" in
      ${cases(tree).paths}) at="$at $typed" ;;
    esac
  done
  local words=
${choose(tree, '  ')}
  if [[ -n $words ]]; then compadd -- \${=words}; else _files; fi
}
if [[ $funcstack[1] == _xf ]]; then _xf "$@"; else compdef _xf xf; fi
`;
}

function fish(tree: readonly CommandNode[]): string {
  const at = (node: CommandNode): string => `-n ${quoted(`__xf_at ${quoted(node.path)}`)}`;
  const lines = tree.flatMap((node) => [
    ...node.subcommands.map(({ name, about }) => `complete -c xf ${at(node)} -f -a ${name} -d ${quoted(about)}`),
    ...(node === tree[0] ? [] : node.options).map((option) => `complete -c xf ${at(node)} ${fishOption(option)}`),
  ]);
  return [
    '# completion of xf for fish; made by xf completion fish',
    'function __xf_at',
    '  set -l at xf',
    '  for typed in (commandline -opc)[2..]',
    `    if contains -- "$at $typed" ${tree
      .slice(1)
      .map(({ path }) => quoted(path))
      .join(' ')}`,
    '      set at "$at $typed"',
    '    end',
    '  end',
    '  test "$at" = $argv[1]',
    'end',
    ...ofEvery(tree).map((option) => `complete -c xf ${fishOption(option)}`),
    ...lines,
    '',
  ].join('\n');
}

function fishOption({ flags, about, choices, takesValue }: OptionNode): string {
  const named = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = takesValue ? [choices.length === 0 ? '-r' : `-x -a ${quoted(choices.join(' '))}`] : [];
  return [...named, ...value, `-d ${quoted(about)}`].join(' ');
}

const writers: Record<Shell, (tree: readonly CommandNode[]) => string> = { bash, zsh, fish };

/** The completion script of a shell, from the commands that there are. */
export const completionOf = (shell: Shell, tree: readonly CommandNode[]): string => writers[shell](tree);
