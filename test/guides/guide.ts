// A guide is a page of docs/guides whose ```console blocks hold commands (`$ ./xf …`) and what they print.

export interface Step {
  /** What follows `$ `. */
  command: string;
  /** The lines shown below it; a line `…` stands for any number of lines. */
  shown: string[];
}

const block = /(```console\n)([^]*?)(```)/g;

function stepsOfBlock(body: string): Step[] {
  const steps: Step[] = [];
  for (const line of body.split('\n').slice(0, -1)) {
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), shown: [] });
    else steps.at(-1)?.shown.push(line);
  }
  return steps;
}

export function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(block)].flatMap(([, , body = '']) => stepsOfBlock(body));
}

/** Without what differs each time: ids that PostgreSQL or the clock give, the coordinator's port, blanks at the end. */
const masked = (line: string): string =>
  line
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .trimEnd();

/** Whether `said` is what the guide shows, up to ids and to what `…` stands for. */
export function agrees(shown: readonly string[], said: readonly string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return said.length === 0;
  if (first === '…') return said.some((_, from) => agrees(rest, said.slice(from))) || rest.length === 0;
  const [line, ...others] = said;
  return line !== undefined && masked(first) === masked(line) && agrees(rest, others);
}

/** The guide with what each command said; a step that still agrees stays as it is, `…` included. */
export function retold(markdown: string, said: readonly string[][]): string {
  let next = 0;
  return markdown.replace(block, (_, open: string, body: string, close: string) => {
    const lines = stepsOfBlock(body).flatMap(({ command, shown }) => {
      const lines = said[next] ?? [];
      next += 1;
      return [`$ ${command}`, ...(agrees(shown, lines) ? shown : lines)];
    });
    return `${open}${lines.map((line) => `${line}\n`).join('')}${close}`;
  });
}
