import type { PanelFigures } from '../pictures/draw-board.js';

/** A board in a situation, drawn. */
export interface Drawn {
  board: string;
  title: string;
  situation: string;
  mode: 'light' | 'dark';
  width: number;
  picture: string;
  faults: readonly string[];
  panels: readonly PanelFigures[];
}

const cellOf = ({ rows, standsIn }: PanelFigures): string => (standsIn ? 'told' : rows === 0 ? 'text' : String(rows));

/** The first of each picture, in the order of boards and situations; what is of none of these is left out. */
export function inOrder(boards: readonly string[], situations: readonly string[], drawn: readonly Drawn[]): Drawn[] {
  const first = new Map<string, Drawn>();
  for (const one of drawn) if (!first.has(one.picture)) first.set(one.picture, one);
  return boards.flatMap((board) =>
    situations.flatMap((situation) =>
      [...first.values()].filter((one) => one.board === board && one.situation === situation),
    ),
  );
}

/** Panels that no situation gives a row: nobody has seen them drawn. */
export function neverDrawn(drawn: readonly Drawn[]): string[] {
  const most = new Map<string, number>();
  for (const { title, panels } of drawn)
    for (const panel of panels) {
      const name = `${title}: ${panel.title}`;
      most.set(name, Math.max(most.get(name) ?? 0, panel.rows));
    }
  return [...most].filter(([, rows]) => rows === 0).map(([name]) => name);
}

/** Every panel in every situation, in Markdown: the rows that it drew, or that it stood there with a text. */
export function drawnTable(drawn: readonly Drawn[]): string {
  const lines = [
    '# Every panel in every situation',
    '',
    'Written by `npm run boards:shots`, which draws each of these pictures with Grafana’s own components and fails where a panel has an error',
    'mark, nothing in it, a heading cut off, a line without its name in the legend, or lies over another. A number: the rows drawn. _text_: no',
    'rows, and the panel says why. _told_: a text stands in for what PostgreSQL would refuse to a login without rights, or of an earlier release.',
  ];
  for (const board of new Set(drawn.map((one) => one.board))) {
    const own = drawn.filter((one) => one.board === board);
    const names = [...new Set(own.map(({ situation }) => situation))];
    const first = (situation: string) => own.find((one) => one.situation === situation)!;
    lines.push(
      '',
      `## ${own[0]?.title}`,
      '',
      `| panel | ${names.join(' | ')} |`,
      `| --- |${' ---: |'.repeat(names.length)}`,
    );
    for (const { id, title } of own[0]?.panels ?? []) {
      const cells = names.map((name) => first(name).panels.find((panel) => panel.id === id));
      const short = title.replace(/ · .*/, '');
      lines.push(`| ${short} | ${cells.map((cell) => (cell === undefined ? '' : cellOf(cell))).join(' | ')} |`);
    }
    const looks = names.map((name) => own.filter(({ situation }) => situation === name).length);
    lines.push(`| _pictures_ | ${looks.join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}
