import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openInBrowser } from './open-browser.js';

describe('openInBrowser', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'xf-open-'));
    const opener = path.join(dataDir, 'xdg-open');
    await writeFile(
      opener,
      `#!/bin/sh\necho "$@" > '${dataDir}/args.new' && mv '${dataDir}/args.new' '${dataDir}/args'\n`,
    );
    await chmod(opener, 0o755);
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const link = 'http://127.0.0.1:3000/console/login?token=secret';
  const args = async (): Promise<string> => {
    for (;;) {
      const text = await readFile(path.join(dataDir, 'args'), 'utf8').catch(() => null);
      if (text !== null) return text.trim();
      await pause(10);
    }
  };

  it('hands the link over in a file of the user’s own, never in arguments', async () => {
    const environment = { PATH: `${dataDir}:${process.env['PATH'] ?? ''}`, DISPLAY: ':0' };
    await openInBrowser(() => Promise.resolve(link), { dataDir, environment, platform: 'linux' });
    const file = await args();
    expect(file).toBe(path.join(dataDir, 'open-console.html'));
    expect(await readFile(file, 'utf8')).toContain(link);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('makes no link where there is no desktop', async () => {
    const make = () => Promise.reject(new Error('nobody asked'));
    await openInBrowser(make, { dataDir, environment: {}, platform: 'linux' });
  });

  it('does without an opener', async () => {
    const environment = { PATH: '/nowhere', DISPLAY: ':0' };
    await openInBrowser(() => Promise.resolve(link), { dataDir, environment, platform: 'linux' });
  });
});
