import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Access } from '../auth/access.js';
import { ACCESS } from '../auth/key.guard.js';

interface RouteDescription {
  summary: string;
  description?: string;
  access: Access;
  /** Status of success; 200 when left out. */
  status?: number;
  /** Schema of a JSON reply. */
  reply?: z.ZodType;
  /** Media types of a reply that is not JSON. */
  produces?: readonly string[];
  /** Statuses of problems beside those that every route may give, with when they come. */
  problems?: Readonly<Record<number, string>>;
}

const problemsOfAll = { 429: 'too many requests', 503: 'PostgreSQL or the queue can not be reached' };
const problemsOfKeys = { 401: 'no key, or one that is not valid', 403: 'the key has another role' };

function problemReply(status: number, description: string) {
  return ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
}

/** Says of a route who may use it and what it replies: the guard and the API document both read it from here. */
export function ApiRoute(route: RouteDescription): MethodDecorator {
  const keyed = route.access !== 'open';
  const problems = { ...problemsOfAll, ...(keyed ? problemsOfKeys : {}), ...route.problems };
  const success = { status: route.status ?? 200, description: 'success' };
  const content = Object.fromEntries(
    (route.produces ?? []).map((type) => [type, { schema: { type: 'string' as const } }]),
  );
  return applyDecorators(
    SetMetadata(ACCESS, route.access),
    ApiOperation({
      summary: route.summary,
      description: [
        route.description,
        keyed
          ? `Needs a key with the role ${route.access === 'local' ? 'read (none on this machine)' : route.access}.`
          : 'Needs no key.',
      ]
        .filter(Boolean)
        .join(' '),
    }),
    ApiResponse(
      route.reply === undefined
        ? { ...success, ...(route.produces === undefined ? {} : { content }) }
        : { ...success, standardSchema: route.reply },
    ),
    ...Object.entries(problems).map(([status, when]) => problemReply(Number(status), when)),
    ...(keyed ? [ApiBearerAuth('key')] : []),
  );
}
