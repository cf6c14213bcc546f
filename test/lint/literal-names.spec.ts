import { describe, expect, it } from '@jest/globals';
import { executorNames, metricNames, probeNames, servedExecutors } from '#contracts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { literalNames, type Table } from './literal-names.js';

const tables: Table[] = [
  { what: 'probes', names: probeNames },
  { what: 'metrics', names: metricNames },
  { what: 'executors', names: executorNames },
];

/** Where a name means something else, or the one probe that the place is about. */
const exempt: readonly (readonly [RegExp, string])[] = [
  [/^libs\/contracts\/src\/(catalogue|executors)\.ts$/, 'the tables themselves'],
  [
    /^libs\/entry-sim\/|^libs\/contracts\/src\/http\/sim\.ts$/,
    'u2k and k2u are the windows of the simulated page fault',
  ],
  [/^apps\/(coordinator\/console\/pages\/crossing|cli\/src\/output\/sim-)/, 'shows those windows'],
  [
    /^apps\/worker\/src\/executors\/kinds\.ts$/,
    'how each kind of the table is made; the compiler asks for all of them',
  ],
  [/^apps\/worker\/src\/facts\/virtualization\.ts$/, 'vm is a virtualization here'],
  [
    /^apps\/coordinator\/console\/pages\/job-form\.js$/,
    'the browser gets no table of executors; held against it below',
  ],
  [/^bench\//, 'measures probe pf'],
  [/\.spec\.ts$|\/testing\/|\.d\.mts$/, 'a test'],
];

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => /\.(ts|mts|js|mjs)$/.test(file) && !file.includes('/generated/'))
    .filter((file) => !exempt.some(([pattern]) => pattern.test(file)));
}

describe('names of probes, metrics and executors', () => {
  it.each(['apps', 'libs', 'dashboards', 'scripts'])(
    'are listed in their tables only, and never compared: %s',
    (room) => {
      const found = sources(room).flatMap((file) => literalNames(file, readFileSync(file, 'utf8'), tables));
      expect(found).toEqual([]);
    },
  );

  it('are offered by the console’s form for jobs as the table has them', () => {
    const form = readFileSync('apps/coordinator/console/pages/job-form.js', 'utf8');
    const [, offered = ''] = /choice\('executor'.*?same\(\[(.*?)\]\)/s.exec(form) ?? [];
    expect([...offered.matchAll(/'(.*?)'/g)].map(([, name]) => name).sort()).toEqual([...servedExecutors].sort());
  });

  it.each([
    ['a list', "const all = ['u2k', 'k2u'];"],
    ['a record', 'const label = { pf_rt: 1, syscall_rt: 2 };'],
    ['a union', "type M = 'pf' | 'pf_rt';"],
    ['a comparison', "const is = (probe: string) => probe === 'pf';"],
    ['a switch', "switch (executor) { case 'vm': break; }"],
  ])('finds %s', (_what, code) => {
    expect(literalNames('x.ts', code, tables)).not.toEqual([]);
  });

  it('lets a choice of one stand', () => {
    const code = "const demo = { executors: ['vm'], probe: 'pf' }; const v: 'bare' | 'vm' = 'vm';";
    expect(literalNames('x.ts', code, tables)).toEqual([]);
  });
});
