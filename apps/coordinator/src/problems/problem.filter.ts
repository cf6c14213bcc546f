import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Express, Request, Response } from 'express';
import type { Logger } from 'pino';
import { allowedMethods } from '../http/allowed-methods.js';
import { contextOf } from '../http/request-context.js';
import { databaseProblem } from './database-problem.js';
import { httpProblem, internalProblem, methodNotAllowed, unknownRoute } from './http-problem.js';
import { ProblemError } from './problem.js';

/** Turns whatever a request threw into a problem document; the only place that writes one. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #allowed: (path: string) => string[];

  constructor(
    express: Express,
    private readonly log: Logger,
  ) {
    this.#allowed = allowedMethods(express);
  }

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const { correlationId } = contextOf(request);
    // The client has gone, and what it had asked for was ended.
    if (response.closed && (exception as Error).name === 'AbortError') return;
    const problem = this.#problemFor(exception, request, correlationId);
    if (problem.status >= 500) this.log.error({ correlationId, err: exception }, problem.document.title);
    if (response.headersSent) {
      // Half a reply is out; cutting the connection is the only way to say that it is not whole.
      response.destroy();
      return;
    }
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem.document, instance: request.path, correlationId }));
  }

  #problemFor(exception: unknown, request: Request, correlationId: string): ProblemError {
    if (exception instanceof ProblemError) return exception;
    if (exception instanceof HttpException) {
      if (exception.getStatus() !== 404) return httpProblem(exception);
      const allowed = this.#allowed(request.path);
      return allowed.length > 0
        ? methodNotAllowed(request.method, request.path, allowed)
        : unknownRoute(request.method, request.path);
    }
    return databaseProblem(exception) ?? internalProblem(correlationId);
  }
}
