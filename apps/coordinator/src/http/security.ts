import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { RequestHandler } from 'express';
import { ProblemError } from '../problems/problem.js';

/**
 * Security headers. Scripts come from this origin only, but for those of its own pages that are named by their hash; styles may stand in the page because Observable Plot and
 * Swagger UI write them there. No HSTS, also
 * with TLS: it would count for every port of the name, Grafana's among them.
 */
export function securityHeaders(inlineScripts: readonly string[]): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...inlineScripts],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
  });
}

/** Bounds how many requests one address makes in a minute; more get a 429 with Retry-After. */
export function requestRateLimit(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_, __, next) =>
      next(
        new ProblemError({
          status: 429,
          slug: 'too-many-requests',
          title: 'Too many requests',
          detail: `this address made more than ${perMinute} requests within a minute`,
          remedy:
            'wait until Retry-After has passed; follow a job with its progress stream instead of asking again and again',
        }),
      ),
  });
}
