import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { actorName, contextOf } from './request-context.js';

// Asked every few seconds by supervisors and scrapers; shown at level debug only.
const quietPaths = /^\/(health|metrics)\b/;

/** One log line a request, when its reply is done or its client has gone. The query may be long and is left out. */
export function logRequests(log: Logger) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = process.hrtime.bigint();
    response.once('close', () => {
      const { correlationId, actor } = contextOf(request);
      const level = response.statusCode >= 500 ? 'error' : quietPaths.test(request.path) ? 'debug' : 'info';
      log[level](
        {
          correlationId,
          actor: actor === null ? null : actorName(actor),
          method: request.method,
          path: request.path,
          status: response.statusCode,
          complete: response.writableFinished,
          durationMs: Number(process.hrtime.bigint() - startedAt) / 1e6,
        },
        'request',
      );
    });
    next();
  };
}
