// What the cases share: the setting, how a guest boots and measures, and when its end is a complaint.

/** Every boot ends by then; a guest under emulation on a busy machine needs up to 30 s. */
export const TIME_LIMIT_SECONDS = 180;
export const NONCE = '5e1f7e57';
/** No whole number of chunks, so that a line that began within one would show. */
export const WARMUP = 650;

/**
 * @typedef {object} Setting
 * @property {string} series
 * @property {boolean} kpti
 * @property {(variant: string) => { bzImage: string, vmlinux: string }} image
 * @property {string} initramfs
 * @property {number} faults
 */

/** @typedef {Omit<import('../../vm/qemu.mjs').Boot, 'consolePath' | 'qmpPath'>} Boot */

/**
 * @param {Setting} setting
 * @param {Partial<Boot> & { program: string, variant?: string }} changes
 * @returns {Boot}
 */
export function bootOf({ kpti, image, initramfs }, changes) {
  const { variant = 'hook', ...boot } = changes;
  return { bzImage: image(variant).bzImage, initramfs, kpti, accelerator: 'tcg', parameters: [], ...boot };
}

/**
 * @param {string} probe
 * @param {number} faults
 * @param {number} batch
 */
export function xperfParameters(probe, faults, batch) {
  return [
    '--probe',
    probe,
    '--run',
    NONCE,
    '--faults',
    `${faults}`,
    '--warmup',
    `${WARMUP}`,
    '--batch',
    `${batch}`,
    '--cpu',
    '0',
  ];
}

/** An oops with its registers, its trace and the panic after it has about 4,000 characters; the tail alone names no cause. */
const CONSOLE_CHARACTERS = 6_000;

/** @param {string} text the guest's console */
const endOf = (text) => `console:\n${text.slice(-CONSOLE_CHARACTERS).trimEnd()}\n`;

/**
 * @param {Awaited<ReturnType<typeof import('../boot.mjs').bootGuest>>} guest
 * @returns {string[]}
 */
export function guestComplaints({ port, timedOut, console }, expectedStatus = 0) {
  if (timedOut) return [`the guest did not end within ${TIME_LIMIT_SECONDS} s; ${endOf(console)}`];
  if (!port.complete) return [`the guest ended early; ${endOf(console)}`];
  const status = port.exit?.status;
  return status === expectedStatus
    ? []
    : [`the program ended with ${status}: ${port.errors.concat(port.output).join('; ')}`];
}
