import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { witnessOf } from '../apps/worker/src/executors/xperf/identify.js';
import { provenanceFrom } from '../apps/worker/src/facts/evidence.js';
import { guestPaths, seriesPaths } from '../kernel/build/cache.mjs';
import { runQemu, type Accelerator } from '../kernel/vm/qemu.mjs';

// Each guest boots in some seconds; the one that counts instructions in about a minute.
jest.setTimeout(240_000);

describe('an emulator that hides itself (needs QEMU and an image: npm run kernel:build -- --series 6.12)', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xf-evidence-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What `xperf --identify` says in a guest. */
  async function identifyIn(accelerator: Accelerator, cpuModel: string) {
    const port: Buffer[] = [];
    await runQemu(
      {
        bzImage: seriesPaths('6.12').image('hook').bzImage,
        initramfs: guestPaths().initramfs,
        consolePath: join(folder, 'console'),
        ...{ accelerator, cpuModel, kpti: true, program: 'xperf', parameters: ['--identify'], read: 'no' },
      },
      { timeLimitSeconds: 200, onPort: (bytes) => port.push(bytes) },
    );
    const said = Buffer.concat(port).toString('latin1');
    expect(said).toMatch(/^@end$/m);
    return provenanceFrom(witnessOf(said.replaceAll(/^@out /gm, '')));
  }

  it.each<[Accelerator, string, string, string]>([
    ['tcg', 'max', 'TCGTCGTCGTCG', 'emulated'],
    ['tcg', 'max,tcg-cpuid=off', '', 'unknown'],
    ['tcg', 'EPYC,tcg-cpuid=off,-hypervisor', '', 'unknown'],
    ['icount', 'max,tcg-cpuid=off', '', 'unknown'],
  ])('under %s with -cpu %s, naming "%s", gives %s figures', async (accelerator, model, signature, provenance) => {
    const found = await identifyIn(accelerator, model);
    expect(found).toMatchObject({ provenance, evidence: { signature } });
    expect(Object.keys(found.evidence.cycles)).toEqual(['add', 'imul', 'fadd', 'crc32']);
  });
});
