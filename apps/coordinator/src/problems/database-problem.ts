import { ProblemError } from './problem.js';

interface Verdict {
  status: number;
  slug: string;
  title: string;
  detail: string;
  remedy: string;
}

const unreachable: Verdict = {
  status: 503,
  slug: 'database-unreachable',
  title: 'The database can not be reached',
  detail: 'PostgreSQL does not answer; nothing of this request was stored unless a repeat says so',
  remedy: 'start PostgreSQL or correct DATABASE_URL, then repeat the request (with the same Idempotency-Key)',
};
const full: Verdict = {
  status: 507,
  slug: 'database-full',
  title: 'The database has no room',
  detail: 'PostgreSQL could not write because its disk is full; nothing of this request was stored',
  remedy: "free space on the disk of PostgreSQL's data folder, then repeat the request",
};
const readOnly: Verdict = {
  status: 503,
  slug: 'database-read-only',
  title: 'The database can not be written',
  detail: 'PostgreSQL is read-only; nothing of this request was stored',
  remedy: 'make its data folder writable, or point DATABASE_URL at the primary, then repeat the request',
};

// SQLSTATEs: https://www.postgresql.org/docs/18/errcodes-appendix.html. P1xxx and P2024: Prisma's own "can't connect",
// "timed out" and "pool exhausted". The upper-case words are Node's connection errors and Prisma's adapter kinds.
const verdictOfCode: ReadonlyArray<readonly [RegExp, Verdict]> = [
  [/^53100$/, full],
  [/^25006$/, readOnly],
  [/^(08...|57P0[1-5]|53300|P100[0-28]|P1017|P2024)$/, unreachable],
  [/^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)$/, unreachable],
  [/^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|DatabaseDoesNotExist)$/, unreachable],
  [/^28(000|P01)$/, unreachable],
];

/** Every string under a key that may hold an error code, however deep the wrappers (Prisma, adapter, pg) nest it. */
function* codesIn(error: unknown, depth = 0): Generator<string> {
  if (typeof error !== 'object' || error === null || depth > 6) return;
  for (const [key, value] of Object.entries(error)) {
    if (['code', 'originalCode', 'errorCode', 'kind'].includes(key) && typeof value === 'string') yield value;
    else if (['meta', 'driverAdapterError'].includes(key)) yield* codesIn(value, depth + 1);
  }
  // Not enumerable, so not among the entries.
  if (error instanceof AggregateError) for (const one of error.errors) yield* codesIn(one, depth + 1);
  if ('cause' in error) yield* codesIn(error.cause, depth + 1);
}

// pg reports a connection that ended under a query by these words alone, without a code.
const lostConnection =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/;

function messagesOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 6) return '';
  return `${error.message}\n${messagesOf(error.cause, depth + 1)}`;
}

/** What the client sees of an error of PostgreSQL; null when the error is not about the database's health. */
export function databaseProblem(error: unknown): ProblemError | null {
  const codes = [...codesIn(error)];
  const known = verdictOfCode.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1];
  const verdict = known ?? (lostConnection.test(messagesOf(error)) ? unreachable : undefined);
  if (verdict === undefined) return null;
  return new ProblemError({ ...verdict, ...(verdict.status === 503 ? { headers: { 'Retry-After': '2' } } : {}) });
}
