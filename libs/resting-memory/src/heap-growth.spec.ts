import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { growth } from './heap-growth.js';

const run = promisify(execFile);

/** What a process says that is given this flag while it runs. */
async function said(flag: string): Promise<string> {
  const program = `require('node:v8').setFlagsFromString(${JSON.stringify(flag)})`;
  const { stdout, stderr } = await run(process.execPath, ['-e', program]);
  return stdout + stderr;
}

it('is bounded by a flag that this V8 has; of one that it has not, V8 only says so', async () => {
  expect(await said('--heap-growing-percentage=1')).toMatch(/unrecognized flag/i);
  expect(await said(growth)).toBe('');
});
