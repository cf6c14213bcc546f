import { spawn } from 'node:child_process';
import process from 'node:process';
import { root } from './project.mjs';

/**
 * Runs a JavaScript program of node_modules (or npm) and collects what it says.
 *
 * @param {string[]} args program and its arguments
 * @param {{env?: Record<string, string>, command?: string}} [options]
 * @returns {Promise<{code: number | null, signal: string | null, output: string}>}
 */
export function runNode(args, { env = {}, command = process.execPath } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a .cmd file on Windows
      shell: process.platform === 'win32' && command !== process.execPath,
    });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
