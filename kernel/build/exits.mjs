// Exit codes of kernel:build, kernel:selftest and kernel/vm/run-once, and the error that carries one.
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** A program or package is missing; the message says what to install. */
  missing: 77,
};

/** @param {unknown} error what was thrown @returns {string} */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

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
    const said = error instanceof KernelToolError || !(error instanceof Error) ? messageOf(error) : error.stack;
    process.stderr.write(`${said}\n`);
    process.exitCode = error instanceof KernelToolError ? error.code : EXIT.failed;
  }
}
