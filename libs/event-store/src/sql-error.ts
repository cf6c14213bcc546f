import pg from 'pg';

/** What PostgreSQL said, as the driver has it or dug out of Prisma's wrapping. Empty strings where the error did not come from PostgreSQL. */
export function sqlError(error: unknown): { code: string; message: string; detail: string } {
  let at: unknown = error;
  while (typeof at === 'object' && at !== null) {
    if (at instanceof pg.DatabaseError) {
      return { code: text(at.code), message: at.message, detail: text(at.detail) };
    }
    const { originalCode, originalMessage, detail } = at as Record<string, unknown>;
    if (typeof originalCode === 'string') {
      return { code: originalCode, message: text(originalMessage), detail: text(detail) };
    }
    const { meta, driverAdapterError, cause } = at as Record<string, unknown>;
    at = meta ?? driverAdapterError ?? cause;
  }
  return { code: '', message: '', detail: '' };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
