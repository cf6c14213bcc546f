/** A failure of the embedded cluster or of a migration that an operator can do something about. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';

  /**
   * @param message what went wrong, naming the folder, port or file
   * @param remedy what the operator can do about it
   */
  constructor(
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${message}. ${remedy}`, options);
  }
}

/** Whether a caught value is a system error with one of these codes (`ENOENT`, `EEXIST`, …). */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
