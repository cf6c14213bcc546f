// An initramfs archive ("newc" cpio, Documentation/driver-api/early-userspace/buffer-format.rst), without the cpio program.

const TRAILER = 'TRAILER!!!';

/** @typedef {{ path: string, mode: number, content?: Buffer, device?: [number, number] }} Entry */

/** @param {Buffer} buffer */
function pad(buffer) {
  return Buffer.concat([buffer, Buffer.alloc((4 - (buffer.length % 4)) % 4)]);
}

/**
 * @param {number} index
 * @param {Entry} about
 */
function entry(index, { path, mode, content = Buffer.alloc(0), device = [0, 0] }) {
  const name = Buffer.from(`${path}\0`);
  const fields = [index, mode, 0, 0, 1, 0, content.length, 0, 0, ...device, name.length, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return Buffer.concat([pad(Buffer.concat([Buffer.from(head), name])), pad(content)]);
}

/** Modes with their file type, as in stat(2). */
export const MODE = { folder: 0o040755, program: 0o100755, file: 0o100644, characterDevice: 0o020600 };

/**
 * @param {Entry[]} entries folders before what is in them
 * @returns {Buffer} the archive; the same entries give the same bytes
 */
export function cpioArchive(entries) {
  const all = [...entries, { path: TRAILER, mode: 0 }];
  return Buffer.concat(all.map((one, index) => entry(index + 1, one)));
}
