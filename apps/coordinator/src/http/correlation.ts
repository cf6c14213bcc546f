import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { uuidSchema } from '#contracts';
import { openContext } from './request-context.js';

/** Gives every request a correlation id: the caller's X-Correlation-Id when it is a UUID, else a new one. */
export function correlate(request: Request, response: Response, next: NextFunction): void {
  const given = uuidSchema.safeParse(request.get('x-correlation-id'));
  const correlationId = given.success ? given.data.toLowerCase() : randomUUID();
  openContext(request, correlationId);
  response.setHeader('X-Correlation-Id', correlationId);
  next();
}
