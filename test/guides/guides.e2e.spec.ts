// The commands of docs/guides, on the demo that docs/guides/README.md makes, print what the guides show.
// RETELL=1 npm test -- test/guides/guides.e2e.spec.ts writes what they print now into the guides.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { dataFolder, type Started, startProgram, xf } from '../e2e/fleet-process.js';
import { eventually } from '../eventually.js';
import { retold, stepsOf } from './guide.js';

jest.setTimeout(600_000);

const folder = fileURLToPath(new URL('../../docs/guides/', import.meta.url));
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');

/** The words of a command as a shell splits them; our guides use single quotes and nothing else. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

let home: string;
let remove: () => Promise<void>;
let server: Started | undefined;

beforeAll(async () => {
  ({ home, remove } = await dataFolder());
  const [make = '', serve = ''] = (/```\n(.*?)```/s.exec(read('README.md'))?.[1] ?? '').split('\n');
  const made = await xf(home, wordsOf(make).slice(1));
  if (made.code !== 0) throw new Error(`${make}: ${made.stderr}`);
  const [program = '', ...words] = wordsOf(serve);
  server = startProgram(program, [...words, '--port', '0'], home, {});
  await eventually('the demo is served', () => server?.stderr().includes('serving until Ctrl-C'), 240_000);
  const found = () => xf(path.join(home, 'demo'), ['regressions', '--state', 'all', '--json']);
  await eventually('the first look is over', async () => (await found()).stdout.includes('findingId'), 240_000);
});

afterAll(async () => {
  server?.kill('SIGTERM');
  await server?.exit;
  await remove();
});

it.each(names)('%s', async (name) => {
  const page = read(name);
  const said: string[][] = [];
  for (const { command } of stepsOf(page)) {
    const [program, ...words] = wordsOf(command);
    expect(program).toBe('./xf');
    const { code, stdout, stderr } = await xf(path.join(home, 'demo'), words);
    // 4: the coordinator refused, which some guides are about.
    expect({ command, code: code === 4 ? 0 : code }).toEqual({ command, code: 0 });
    said.push(`${stdout}${stderr}`.trimEnd().split('\n'));
  }
  const now = retold(page, said);
  if (process.env['RETELL'] === '1') writeFileSync(path.join(folder, name), now);
  else expect(now).toBe(page);
});
