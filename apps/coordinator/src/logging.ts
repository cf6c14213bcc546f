import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** JSON lines on stdout. Whatever may carry a secret is struck out wherever it stands in a log line. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: { service: 'coordinator', pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        ...['authorization', 'cookie', 'key', 'localKey', 'secretHash', 'password', 'databaseUrl', 'queueUrl'].flatMap(
          (name) => [name, `*.${name}`, `*.*.${name}`],
        ),
        '*.connectionString',
      ],
      censor: '[redacted]',
    },
  });
}

/** Nest's own words through the same log; its chatter about routes and modules is for debugging. */
export function nestLogger(log: Logger): LoggerService {
  const text = (message: unknown): string => (message instanceof Error ? message.message : String(message));
  const errors = (message: unknown): object => (message instanceof Error ? { err: message } : {});
  return {
    log: (message: unknown) => log.debug(text(message)),
    debug: (message: unknown) => log.debug(text(message)),
    verbose: (message: unknown) => log.trace(text(message)),
    warn: (message: unknown) => log.warn(errors(message), text(message)),
    error: (message: unknown, ...rest: unknown[]) => log.error({ ...errors(message), rest }, text(message)),
    fatal: (message: unknown, ...rest: unknown[]) => log.fatal({ ...errors(message), rest }, text(message)),
  };
}
