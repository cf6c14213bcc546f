import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

const options = { cwd: process.cwd(), env: { PATH: process.env['PATH'] } };

describe('./xf, as it is in a clone', () => {
  it('runs from any folder and says its release', async () => {
    const child = spawn(`${process.cwd()}/xf`, ['--version'], { ...options, cwd: '/' });
    const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
    expect(said).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('ends quietly when nobody reads on: xf --help | head', async () => {
    const child = spawn('./xf', ['--help'], options);
    child.stdout.destroy();
    const [complaint] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ code: child.exitCode, complaint }).toEqual({ code: 0, complaint: '' });
  });
});
