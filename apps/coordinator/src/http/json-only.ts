import type { NextFunction, Request, Response } from 'express';
import { ProblemError } from '../problems/problem.js';

/** Routes that take bytes as they are, and read them themselves. */
const takesBytes = /^\/imports\/?$/;

/** Refuses bodies that are not JSON with a 415, instead of letting the parser drop them silently. */
export function jsonOnly(request: Request, _: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && !takesBytes.test(request.path) && !request.is('application/json')) {
    next(
      new ProblemError({
        status: 415,
        slug: 'unsupported-media-type',
        title: 'The body is not JSON',
        detail: `the Content-Type "${request.get('content-type') ?? ''}" is not taken here`,
        remedy: 'send JSON with Content-Type: application/json',
      }),
    );
    return;
  }
  next();
}
