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

/** Whether a caught value is a system or PostgreSQL error with one of these codes (`ENOENT`, `42P04`, …). */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return typeof error.code === 'string' && codes.includes(error.code);
}
