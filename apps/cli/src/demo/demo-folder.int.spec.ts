import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { demoFolder, type DemoMarker, readMarker, refuseRunning, removeDemo, writeMarker } from './demo-folder.js';

const marker: DemoMarker = {
  ...({ form: 2, state: 'building', runs: 6 } as const),
  options: { days: 1, hosts: 3, runs: 2, samples: 10, seed: 1, until: '2026-11-25' },
};

describe("the demo's folder", () => {
  let home: string;
  let folder: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'xf-demo-'));
    folder = demoFolder(home);
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('lies apart from what the fleet on this machine has, and says what stands in it', async () => {
    expect(await readMarker(folder)).toBeNull();
    await writeMarker(folder, marker);
    expect(await readdir(home)).toEqual(['demo']);
    expect(await readMarker(folder)).toEqual(marker);
    await writeFile(path.join(folder, 'demo.json'), '{"form":1,"sta');
    expect(await readMarker(folder)).toBeNull();
  });

  it('goes with all that is in it, and only where it is a demo', async () => {
    expect(await removeDemo(folder)).toBe(false);
    await writeMarker(folder, marker);
    await mkdir(path.join(folder, 'postgres', 'cluster'), { recursive: true });
    expect(await removeDemo(folder)).toBe(true);
    expect(await readdir(home)).toEqual([]);
    await mkdir(folder);
    await writeFile(path.join(folder, 'thesis.txt'), 'mine');
    await expect(removeDemo(folder)).rejects.toThrow(`${folder} holds no demo: there is no demo.json in it`);
    expect(await readdir(folder)).toEqual(['thesis.txt']);
  });

  it('is left alone while another process is at work on it or serves it', async () => {
    await writeMarker(folder, marker);
    await mkdir(path.join(folder, 'postgres'));
    // Our parent lives for as long as this test.
    await writeFile(path.join(folder, 'postgres', 'owner.json'), JSON.stringify({ pid: process.ppid }));
    await expect(refuseRunning(folder)).rejects.toThrow(`process ${process.ppid} is working on the demo in ${folder}`);
    await expect(removeDemo(folder)).rejects.toThrow('is working on the demo');
    const fleet = { url: 'http://127.0.0.1:3000', key: 'k', pid: process.ppid, startedAt: new Date().toISOString() };
    await writeFile(path.join(folder, 'local.json'), JSON.stringify(fleet));
    await expect(removeDemo(folder)).rejects.toThrow('the demo is being served: http://127.0.0.1:3000');
  });
});
