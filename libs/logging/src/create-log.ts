import process from 'node:process';
import { pino, stdSerializers, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { BoundedWriter } from './bounded-writer.js';

/** Names under which a secret may stand in a log line, at most two objects deep. */
const secret = [
  ...['authorization', 'cookie', 'key', 'localKey', 'secretHash', 'password', 'databaseUrl', 'queueUrl'].flatMap(
    (name) => [name, `*.${name}`, `*.*.${name}`],
  ),
  '*.connectionString',
];

/**
 * pino writes an Error's type, message and stack only under the name `err`; under any other one it is `{}`, because an
 * Error has no enumerable properties. Here an Error is written whole wherever it stands at the top of a log line.
 */
function withErrorsWhole(facts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      value instanceof Error && name !== 'err' ? stdSerializers.err(value) : value,
    ]),
  );
}

export interface LogOptions {
  level: string;
  /** Stands in every line. */
  base: Readonly<Record<string, unknown>>;
}

/**
 * The log of a process: JSON lines, on stdout unless told otherwise. Errors are written with their stacks, and whatever
 * may carry a secret is struck out. On stdout no line ever holds the process up; see `BoundedWriter`.
 */
export function createLog({ level, base }: LogOptions, destination?: DestinationStream): Logger {
  const options = {
    level,
    base,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { log: withErrorsWhole },
    redact: { paths: secret, censor: '[redacted]' },
  };
  if (destination !== undefined) return pino(options, destination);
  const writer = new BoundedWriter();
  const log = pino(options, writer);
  writer.onRoom = (lines) => log.warn({ lines }, 'log lines were dropped: nobody took them');
  process.on('exit', () => writer.exit());
  return log;
}
