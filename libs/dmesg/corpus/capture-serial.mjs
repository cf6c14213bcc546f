// Captures the corpus cases serial-qemu-*.txt from QEMU's serial port: our guest's kernel, with all its messages on the
// console, and what user programs print there beside it. Of the boot a few lines are kept.
//   npm run kernel:build -- --series 6.1
//   node libs/dmesg/corpus/capture-serial.mjs ~/.cache/xperf-fleet/kernel/6.1/images/hook/bzImage \
//     ~/.cache/xperf-fleet/kernel/guest/initramfs.cpio && UPDATE_CORPUS=1 npx jest libs/dmesg/src/records/corpus
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [image, initramfs] = process.argv.slice(2);
if (image === undefined || initramfs === undefined) throw new Error('usage: capture-serial.mjs BZIMAGE INITRAMFS');
const nonce = '0badf00d';
const timeLimitMs = 60_000;
/** @param {string} probe @param {string[]} more */
const measure = (probe, ...more) => ['--probe', probe, '--run', nonce, '--warmup', '2', ...more];

/** What runs in the guest, and why its console is worth reading. */
const cases = [
  {
    name: 'serial-qemu-kernel-lines',
    what: 'the kernel prints the samples',
    probe: 'pf',
    append: `xperf.program=xperf xperf.read=no xperf.args=${measure('pf', '--faults', '6', '--batch', '1').join()}`,
  },
  {
    name: 'serial-qemu-user-lines',
    what: 'xperf as init prints the samples itself, then the kernel panics',
    probe: 'pf_rt',
    append: `rdinit=/bin/xperf -- ${measure('pf_rt', '--faults', '12', '--batch', '3').join(' ')}`,
  },
  {
    name: 'serial-qemu-interleaved',
    what: 'three processes and the panicking kernel print at once, no sample among it',
    probe: 'pf',
    append: 'rdinit=/bin/crowd -- 3 20 4',
  },
];

/**
 * The lines that do not depend on the machine, and everything from the first program on.
 *
 * @param {Buffer} log
 */
function shortened(log) {
  const lines = log.toString('latin1').split(/(?<=\n)/);
  const program = lines.findIndex((line) => /\] Run \/\S+ as init process/.test(line));
  const boot = lines.slice(0, program).filter((line) => /\] (?:Linux version|Serial: 8250|xperf: hook)/.test(line));
  return Buffer.from([...boot, ...lines.slice(program)].join(''), 'latin1');
}

const folder = mkdtempSync(join(tmpdir(), 'xf-serial-'));
const version = execFileSync('qemu-system-x86_64', ['--version'])
  .toString()
  .replace(/ \(.*|\n[^]*/, '');
try {
  for (const { name, what, probe, append } of cases) {
    const console = join(folder, name);
    const machine = ['-accel', 'tcg', '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'];
    const size = ['-smp', '2', '-m', '512M'];
    // The guest's init waits for somebody at this port, and reports there.
    const port = ['-device', 'virtio-serial-pci', '-chardev', `file,id=port,path=${console}.port`];
    const kernel = ['-kernel', image, '-initrd', initramfs, '-serial', `file:${console}`];
    const parameters = `console=ttyS0 printk.time=1 ignore_loglevel panic=-1 ${append}`;
    execFileSync(
      'qemu-system-x86_64',
      [
        ...machine,
        ...size,
        ...port,
        '-device',
        'virtserialport,chardev=port,name=xperf',
        ...kernel,
        '-append',
        parameters,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'], timeout: timeLimitMs },
    );
    const head = `from: ${version}, serial port of the 6.1 guest: ${what}; most of the boot left out\nnonce: ${nonce}\nprobe: ${probe}\n`;
    const input = shortened(readFileSync(console));
    writeFileSync(
      join(import.meta.dirname, `${name}.txt`),
      Buffer.concat([Buffer.from(`${head}--- input\n`), input, Buffer.from('--- expected\n{}\n')]),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
