// Boots a guest for one case of the self-test and reads what it sent.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disassembleDump, disassembleEntryCode, entryCodeBounds } from '../build/disassemble.mjs';
import { windowInstructions, windowStarts } from '../build/entry-code.mjs';
import { runQemu } from '../vm/qemu.mjs';
import { readPort } from './port-text.mjs';
import { saveMemoryAndQuit } from './qmp.mjs';

/**
 * @param {Omit<import('../vm/qemu.mjs').Boot, 'consolePath' | 'qmpPath'>} boot
 * @param {{ timeLimitSeconds: number, vmlinux?: string }} options with `vmlinux`, the entry code is read from the guest's memory too
 * @returns {Promise<{ port: ReturnType<typeof readPort>, timedOut: boolean, seconds: number, console: string, windows?: { u2k: number, k2u: number } }>}
 */
export async function bootGuest(boot, { timeLimitSeconds, vmlinux }) {
  const folder = await mkdtemp(join(tmpdir(), 'xperf-selftest-'));
  try {
    const consolePath = join(folder, 'console');
    const dump = join(folder, 'entry-code');
    const qmpPath = vmlinux === undefined ? undefined : join(folder, 'qmp');
    const bounds = vmlinux === undefined ? undefined : await entryCodeBounds(vmlinux);
    const chunks = [];
    let tail = '';
    let saved = Promise.resolve();
    const onPort = (chunk) => {
      chunks.push(chunk);
      if (bounds === undefined || tail === 'saved') return;
      tail = (tail + chunk.toString('latin1')).slice(-8);
      if (!tail.endsWith('@end\n')) return;
      tail = 'saved';
      const memory = { physical: bounds.physical, size: bounds.end - bounds.start, file: dump };
      saved = saveMemoryAndQuit(qmpPath, memory);
    };
    const qemu = { ...boot, consolePath, ...(qmpPath === undefined ? {} : { qmpPath }) };
    const result = await runQemu(qemu, { timeLimitSeconds, onPort });
    await saved;
    const port = readPort(Buffer.concat(chunks).toString('latin1'));
    if (result.status !== 0 && !result.timedOut && chunks.length === 0)
      throw new Error(`QEMU did not start: ${result.errors}`);
    const windows =
      bounds === undefined || !port.complete
        ? undefined
        : windowInstructions(
            await disassembleDump(dump, bounds.start),
            windowStarts(await disassembleEntryCode(vmlinux)),
          );
    const { timedOut, seconds } = result;
    return { port, timedOut, seconds, console: await readFile(consolePath, 'utf8'), ...(windows && { windows }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
