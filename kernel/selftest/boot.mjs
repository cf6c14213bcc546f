// Boots a guest for one case of the self-test and reads what it sent.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disassembleDump, disassembleEntryCode, entryCodeBounds } from '../build/disassemble.mjs';
import { windowInstructions, windowStarts } from '../build/entry-code.mjs';
import { runQemu } from '../vm/qemu.mjs';
import { withScratchFolder } from '../vm/scratch.mjs';
import { readPort } from './port-text.mjs';
import { saveMemoryAndQuit } from './qmp.mjs';

const LAST_LINE = '@end\n';

/**
 * Calls back once, when the port has ended with the guest's last line.
 * @param {() => void} whenEnded
 * @returns {(chunk: Buffer) => void}
 */
function watchForEnd(whenEnded) {
  let tail = '';
  return (chunk) => {
    if (tail === LAST_LINE) return;
    tail = (tail + chunk.toString('latin1')).slice(-LAST_LINE.length);
    if (tail === LAST_LINE) whenEnded();
  };
}

/**
 * Boots, and saves the entry code from the guest's memory when the guest is done.
 * @returns {Promise<string | undefined>} the dump's disassembly; undefined when the guest did not get to its end
 */
async function bootAndReadCode(boot, vmlinux, folder, options) {
  const bounds = await entryCodeBounds(vmlinux);
  const qmpPath = join(folder, 'qmp');
  const dump = { physical: bounds.physical, size: bounds.end - bounds.start, file: join(folder, 'entry-code') };
  const saves = [];
  const watch = watchForEnd(() => saves.push(Promise.allSettled([saveMemoryAndQuit(qmpPath, dump)])));
  const onPort = (chunk) => {
    options.onPort(chunk);
    watch(chunk);
  };
  const result = await runQemu({ ...boot, qmpPath }, { ...options, onPort });
  const [save] = await Promise.all(saves);
  if (save?.[0].status === 'rejected') throw save[0].reason;
  return { result, code: save === undefined ? undefined : await disassembleDump(dump.file, bounds.start) };
}

/**
 * @param {Omit<import('../vm/qemu.mjs').Boot, 'consolePath' | 'qmpPath'>} boot
 * @param {{ timeLimitSeconds: number, vmlinux?: string, userInstructions?: number }} options with `vmlinux`, the entry code is read from
 *   the guest's memory too; `userInstructions`: the program's own in the u2k window
 * @returns {Promise<{ port: ReturnType<typeof readPort>, timedOut: boolean, seconds: number, console: string, windows?: { u2k: number, k2u: number, u2kPath: string[], k2uPath: string[] } }>}
 */
export function bootGuest(boot, { timeLimitSeconds, vmlinux, userInstructions }) {
  return withScratchFolder(async (folder) => {
    const consolePath = join(folder, 'console');
    const chunks = [];
    const options = { timeLimitSeconds, onPort: (chunk) => chunks.push(chunk) };
    const { result, code } =
      vmlinux === undefined
        ? { result: await runQemu({ ...boot, consolePath }, options) }
        : await bootAndReadCode({ ...boot, consolePath }, vmlinux, folder, options);
    const { status, timedOut, seconds, errors } = result;
    if (status !== 0 && !timedOut && chunks.length === 0 && errors !== '') throw new Error(`QEMU failed: ${errors}`);
    const port = readPort(Buffer.concat(chunks).toString('latin1'));
    const windows =
      code === undefined
        ? undefined
        : windowInstructions(code, windowStarts(await disassembleEntryCode(vmlinux)), userInstructions);
    return { port, timedOut, seconds, console: await readFile(consolePath, 'utf8'), windows };
  });
}
