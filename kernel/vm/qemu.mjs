// The QEMU command line of one run, and running it.
import { spawn } from 'node:child_process';

/** Emulation with one instruction a nanosecond; every run of the same image gives the same figures. */
const ACCELERATORS = {
  tcg: ['-accel', 'tcg'],
  kvm: ['-accel', 'kvm'],
  icount: ['-accel', 'tcg', '-icount', 'shift=0'],
};

/** @typedef {keyof typeof ACCELERATORS} Accelerator */

export const ACCELERATOR_NAMES = /** @type {Accelerator[]} */ (Object.keys(ACCELERATORS));

/**
 * @typedef {object} Boot
 * @property {string} bzImage
 * @property {string} initramfs
 * @property {Accelerator} accelerator
 * @property {boolean} kpti
 * @property {string} program       program of the guest: xperf, regcheck, crowd or slots
 * @property {readonly string[]} parameters  its parameters; no blanks or commas
 * @property {string} consolePath   file that takes the console's text
 * @property {string} [cpuModel]    QEMU CPU model; default `host` under KVM, else QEMU's own default
 * @property {number} [cpus]        default 2; icount needs 1
 * @property {number} [memoryMib]   default 512
 * @property {string} [logBufLen]   log_buf_len; default: the kernel's own 128K
 * @property {'live' | 'after' | 'no'} [read] when the guest reads its log; default live
 * @property {readonly string[]} [append]    more kernel parameters
 * @property {string} [qmpPath]     socket of QEMU's control port; with it QEMU stays after power-off until told to quit
 */

/**
 * @param {Boot} boot
 * @returns {string} kernel command line
 */
export function kernelCommandLine(boot) {
  return [
    'console=ttyS0 quiet loglevel=4 panic=-1',
    `pti=${boot.kpti ? 'on' : 'off'}`,
    // The APIC timer's calibration spins on PAUSE for 100 ms of guest time, which takes half a minute when instructions are counted.
    ...(boot.accelerator === 'icount' ? ['nolapic_timer'] : []),
    ...(boot.logBufLen === undefined ? [] : [`log_buf_len=${boot.logBufLen}`]),
    ...(boot.append ?? []),
    `xperf.program=${boot.program}`,
    `xperf.args=${boot.parameters.join(',')}`,
    `xperf.read=${boot.read ?? 'live'}`,
  ].join(' ');
}

/**
 * The port's bytes come out of QEMU's standard output.
 * @param {Boot} boot
 * @returns {string[]} parameters of qemu-system-x86_64
 */
export function qemuParameters(boot) {
  const cpuModel = boot.cpuModel ?? (boot.accelerator === 'kvm' ? 'host' : undefined);
  return [
    ...ACCELERATORS[boot.accelerator],
    ...(cpuModel === undefined ? [] : ['-cpu', cpuModel]),
    '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot',
    '-smp', String(boot.accelerator === 'icount' ? 1 : (boot.cpus ?? 2)),
    '-m', `${boot.memoryMib ?? 512}M`,
    '-kernel', boot.bzImage,
    '-initrd', boot.initramfs,
    '-append', kernelCommandLine(boot),
    '-serial', `file:${boot.consolePath}`,
    '-device', 'virtio-serial-pci',
    '-chardev', 'stdio,id=port,signal=off',
    '-device', 'virtserialport,chardev=port,name=xperf',
    ...(boot.qmpPath === undefined ? [] : ['-qmp', `unix:${boot.qmpPath},server=on,wait=off`, '-no-shutdown']),
  ]; // prettier-ignore
}

/**
 * Starts QEMU. It dies with this process, however this process ends (setpriv is part of Debian's util-linux).
 * @param {Boot} boot
 * @returns {import('node:child_process').ChildProcessByStdio<import('node:stream').Writable, import('node:stream').Readable, import('node:stream').Readable>}
 */
export function startQemu(boot) {
  return spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...qemuParameters(boot)], {
    // Standard input stays open though nothing is written: at its end QEMU would take the port for unplugged.
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/**
 * Boots, collects the port's bytes, and waits for the end.
 * @param {Boot} boot
 * @param {{ timeLimitSeconds: number, onPort: (bytes: Buffer) => void }} options
 * @returns {Promise<{ status: number | null, timedOut: boolean, seconds: number, errors: string }>}
 */
export function runQemu(boot, { timeLimitSeconds, onPort }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = startQemu(boot);
    /** @type {Buffer[]} */
    const errors = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeLimitSeconds * 1000);
    child.stdout.on('data', onPort);
    child.stderr.on('data', (/** @type {Buffer} */ bytes) => errors.push(bytes));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({
        status,
        timedOut,
        seconds: (performance.now() - started) / 1000,
        errors: Buffer.concat(errors).toString(),
      });
    });
  });
}
