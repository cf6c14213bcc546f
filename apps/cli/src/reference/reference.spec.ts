import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { commands } from '../commands.js';
import { programFor } from '../program.js';
import { xfAlone } from '../testing/xf-alone.js';
import { type CommandNode, commandTree } from './command-tree.js';
import { manPage } from './man-page.js';

const nowhere = new PassThrough();
const outside = { root: '/', dataDir: '/', environment: {}, version: '1.2.3', setupMs: {}, exitCode: 0 };
let tree: CommandNode[];
beforeAll(async () => {
  tree = commandTree(await programFor(null, { ...outside, out: nowhere, err: nowhere }));
});

describe('what is made from the commands themselves', () => {
  it('knows every command and its options', () => {
    for (const { name } of commands) expect(tree.map(({ path }) => path)).toContain(`xf ${name}`);
    const jobs = tree.find(({ path }) => path === 'xf jobs');
    expect(jobs?.options.find(({ flags }) => flags.includes('--state'))?.choices).toContain('running');
  });

  // A webhook's --url was taken for the coordinator's, and got the API key.
  it('has no command that gives an option of xf itself another meaning', () => {
    const [program, ...verbs] = tree;
    const own = program?.options.flatMap(({ flags }) => flags);
    const again = verbs.flatMap(({ path, options }) =>
      options.flatMap(({ flags }) => flags.filter((flag) => own?.includes(flag)).map((flag) => `${path} ${flag}`)),
    );
    expect(own).toContain('--url');
    expect(again).toEqual([]);
  });

  it('has every command explained, and every argument that says more than its name', () => {
    expect(tree.filter(({ about }) => about === '').map(({ path }) => path)).toEqual([]);
  });

  it('has a man page in which no text is a request and every command and option stands', () => {
    const page = manPage(tree, { version: '1.2.3', exitCodes: '.SH is text\n0 done' });
    expect(page).toContain('\\&.SH is text');
    for (const { path } of tree.slice(1)) expect(page).toContain(`.SS ${path.replaceAll('-', '\\-')}`);
    const requests = new Set(page.match(/^\.\S+/gm));
    expect([...requests].sort()).toEqual(['.B', '.SH', '.SS', '.TH', '.TP']);
  });

  it.each(['bash', 'zsh', 'fish'])('prints the completion of %s, with every command in it', async (shell) => {
    const { code, out } = await xfAlone('completion', shell);
    expect(code).toBe(0);
    for (const { name } of commands) expect(out).toContain(name);
  });

  it('names the shells that there are', async () => {
    const { code, err } = await xfAlone('completion', 'csh');
    expect([code, err]).toEqual([2, expect.stringContaining('bash, zsh, fish')]);
  });
});
