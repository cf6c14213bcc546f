import type { HttpException } from '@nestjs/common';
import { ProblemError } from './problem.js';

/** Largest request body, bytes. A job over 10,000 named hosts is about 300 kB. */
export const bodyLimitBytes = 1_048_576;

export function methodNotAllowed(method: string, path: string, allowed: readonly string[]): ProblemError {
  return new ProblemError({
    status: 405,
    slug: 'method-not-allowed',
    title: 'Method not allowed',
    detail: `${path} does not take ${method}`,
    remedy: `use ${allowed.join(' or ')}`,
    headers: { Allow: allowed.join(', ') },
  });
}

export function unknownRoute(method: string, path: string): ProblemError {
  return new ProblemError({
    status: 404,
    slug: 'unknown-route',
    title: 'There is nothing here',
    detail: `no route ${method} ${path}`,
    remedy: 'look at /docs for the routes of this service',
  });
}

function bodyProblem(status: number, detail: string): ProblemError | null {
  if (status === 413) {
    return new ProblemError({
      status,
      slug: 'body-too-large',
      title: 'The body is too large',
      detail: `a request body may have at most ${bodyLimitBytes} bytes`,
      remedy: 'name hosts by a selector instead of a list, or split the request',
      errors: [{ field: 'body', message: `is over ${bodyLimitBytes} bytes`, remedy: 'send less at once' }],
    });
  }
  if (status === 415) {
    return new ProblemError({
      status,
      slug: 'unsupported-media-type',
      title: 'The body is not readable',
      detail,
      remedy: 'send UTF-8 JSON with Content-Type: application/json, plain or with gzip, deflate or br encoding',
    });
  }
  return null;
}

/** An exception of Nest, Express or its body parser as a problem. */
export function httpProblem(exception: HttpException): ProblemError {
  const status = exception.getStatus();
  const known = bodyProblem(status, exception.message);
  if (known !== null) return known;
  if (exception.cause instanceof SyntaxError) {
    return new ProblemError({
      status: 400,
      slug: 'invalid-json',
      title: 'The body is not valid JSON',
      detail: exception.message,
      remedy: 'correct the JSON; it must be an object',
      errors: [{ field: 'body', message: exception.message, remedy: 'correct the JSON' }],
    });
  }
  return new ProblemError({
    status,
    slug: 'http-error',
    title: exception.name.replace(/Exception$/, ''),
    detail: exception.message,
    remedy: 'look at /docs for what this route takes',
  });
}

/** A bug of ours. Its message stays in the log: it may hold what the client must not see. */
export function internalProblem(correlationId: string): ProblemError {
  return new ProblemError({
    status: 500,
    slug: 'internal-error',
    title: 'The coordinator failed',
    detail: 'the request could not be answered because of an error in the coordinator',
    remedy: `look for correlationId ${correlationId} in the coordinator's log and report it`,
  });
}
