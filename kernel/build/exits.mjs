// Exit codes of kernel:build, kernel:selftest and kernel/vm/run-once, and the error that carries one.
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** A program or package is missing; the message says what to install. */
  missing: 77,
};

export class KernelToolError extends Error {
  /**
   * @param {number} code one of EXIT
   * @param {string} message what went wrong and what to do about it
   */
  constructor(code, message) {
    super(message);
    this.name = 'KernelToolError';
    this.code = code;
  }
}

/**
 * Runs a command-line entry; turns a thrown error into a line on standard error and an exit code.
 * @param {() => Promise<number>} main
 */
export async function runTool(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${error instanceof KernelToolError ? error.message : error.stack}\n`);
    process.exitCode = error instanceof KernelToolError ? error.code : EXIT.failed;
  }
}
