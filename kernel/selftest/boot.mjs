// Boots a guest for one case of the self-test and reads what it sent.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { disassembleDump, disassembleEntryCode, entryCodeBounds } from '../build/disassemble.mjs';
import { windowInstructions, windowStarts } from '../build/entry-code.mjs';
import { runQemu } from '../vm/qemu.mjs';
import { withScratchFolder } from '../vm/scratch.mjs';
import { readPort } from './port-text.mjs';
import { saveMemoryAndQuit } from './qmp.mjs';

const LAST_LINE = '@end\n';

/** A failure is kept until the guest has ended. @param {unknown} error */
const asError = (error) => (error instanceof Error ? error : new Error(String(error)));

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

/** @typedef {Awaited<ReturnType<typeof runQemu>>} Ended */
/** @typedef {ReturnType<typeof windowInstructions>} Windows what stands between the stamps */

/**
 * Boots, and saves the entry code from the guest's memory when the guest is done.
 * @param {import('../vm/qemu.mjs').Boot} boot
 * @param {string} vmlinux
 * @param {string} folder
 * @param {{ timeLimitSeconds: number, onPort: (bytes: Buffer) => void }} options
 * @returns {Promise<{ result: Ended, code: string | undefined }>} `code`: the dump's disassembly; undefined when the guest did
 *   not get to its end
 */
async function bootAndReadCode(boot, vmlinux, folder, options) {
  const bounds = await entryCodeBounds(vmlinux);
  const qmpPath = join(folder, 'qmp');
  const dump = { physical: bounds.physical, size: bounds.end - bounds.start, file: join(folder, 'entry-code') };
  /** @type {Promise<unknown>[]} */
  const saves = [];
  const watch = watchForEnd(() => saves.push(saveMemoryAndQuit(qmpPath, dump).catch(asError)));
  /** @param {Buffer} chunk */
  const onPort = (chunk) => {
    options.onPort(chunk);
    watch(chunk);
  };
  const result = await runQemu({ ...boot, qmpPath }, { ...options, onPort });
  const [failed] = await Promise.all(saves);
  if (failed instanceof Error) throw failed;
  return { result, code: saves.length === 0 ? undefined : await disassembleDump(dump.file, bounds.start) };
}

/**
 * Boots of a guest whose kernel panics before the guest has said a word. QEMU 7.2 runs each CPU of the guest in a thread of its
 * own, and one of them may go on executing the breakpoint by which another patches the kernel at boot: `Oops: int3` in
 * sched_clock_cpu; it failed one of five whole self-tests of 6.12 on two busy cores. Nothing is measured by then, and a kernel that
 * always panics still fails. The executor `vm` does the same (executors/vm/guests.ts).
 */
const MOST_BOOTS = 3;

/**
 * @param {Omit<import('../vm/qemu.mjs').Boot, 'qmpPath'>} boot
 * @param {{ timeLimitSeconds: number, vmlinux?: string, userInstructions?: number }} options
 * @param {string} folder
 */
async function bootOnce(boot, { timeLimitSeconds, vmlinux, userInstructions }, folder) {
  /** @type {Buffer[]} */
  const chunks = [];
  const options = { timeLimitSeconds, onPort: (/** @type {Buffer} */ chunk) => void chunks.push(chunk) };
  const { result, code } =
    vmlinux === undefined
      ? { result: await runQemu(boot, options), code: undefined }
      : await bootAndReadCode(boot, vmlinux, folder, options);
  const { status, timedOut, seconds, errors } = result;
  const silent = chunks.length === 0;
  if (status !== 0 && !timedOut && silent && errors !== '') throw new Error(`QEMU failed: ${errors}`);
  const port = readPort(Buffer.concat(chunks).toString('latin1'));
  const windows =
    code === undefined || vmlinux === undefined
      ? undefined
      : windowInstructions(code, windowStarts(await disassembleEntryCode(vmlinux)), userInstructions);
  return { port, timedOut, seconds, console: await readFile(boot.consolePath, 'utf8'), windows, silent };
}

/**
 * @param {Omit<import('../vm/qemu.mjs').Boot, 'consolePath' | 'qmpPath'>} boot
 * @param {{ timeLimitSeconds: number, vmlinux?: string, userInstructions?: number }} options with `vmlinux`, the entry code is read from
 *   the guest's memory too; `userInstructions`: the program's own in the u2k window
 * @returns {Promise<{ port: ReturnType<typeof readPort>, timedOut: boolean, seconds: number, console: string, windows: Windows | undefined }>}
 */
export function bootGuest(boot, options) {
  return withScratchFolder(async (folder) => {
    for (let boots = 1; ; boots += 1) {
      const guest = await bootOnce({ ...boot, consolePath: join(folder, `console-${boots}`) }, options, folder);
      const panicked = guest.silent && guest.console.includes('Kernel panic');
      if (!panicked || boots === MOST_BOOTS) return guest;
      const [oops = 'no oops on its console'] = /^.*Oops: .*\n(?:.*\n)?.*RIP: .*$/m.exec(guest.console) ?? [];
      process.stderr.write(`boot ${boots} panicked before the guest said a word, booting another:\n${oops}\n`);
    }
  });
}
