import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

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
