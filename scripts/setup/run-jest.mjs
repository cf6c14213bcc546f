import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { inRoot, root } from './project.mjs';

/**
 * Runs Jest to its end and takes over its exit code.
 *
 * @param {string[]} args
 */
export async function runJest(args) {
  const child = spawn(process.execPath, [inRoot('node_modules', 'jest', 'bin', 'jest.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`,
    },
  });
  // Ctrl-C reaches Jest as well (same terminal group): wait for it to clean up instead of dying first.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  await once(child, 'exit');
  process.exitCode = child.exitCode ?? 1; // none after a signal
}
