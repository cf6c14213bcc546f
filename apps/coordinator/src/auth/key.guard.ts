import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { Role } from '#contracts';
import { contextOf } from '../http/request-context.js';
import { ProblemError } from '../problems/problem.js';
import { type Access, rolesFor } from './access.js';
import { Authentication, isFromLoopback, type Stranger } from './authentication.js';

export const ACCESS = Symbol('access of a route');

function unauthorized({ fault: detail, invalid, revoked = false }: Stranger): ProblemError {
  return new ProblemError({
    status: 401,
    // A worker whose key was revoked ends; one whose key is not known yet, or in the wrong database, goes on asking.
    slug: revoked ? 'key-revoked' : 'unauthorized',
    title: 'A valid API key is needed',
    detail,
    remedy:
      'send "Authorization: Bearer <key>"; an admin makes keys with POST /v1/keys, and .xf/local.json holds that of npm start; xf console prints a link to the console there',
    errors: [{ field: 'Authorization', message: detail, remedy: 'send a valid key' }],
    // RFC 6750 section 3
    headers: { 'WWW-Authenticate': `Bearer realm="xperf-fleet"${invalid ? ', error="invalid_token"' : ''}` },
  });
}

function forbidden(role: Role, needed: readonly Role[]): ProblemError {
  const roles = needed.join(' or ');
  return new ProblemError({
    status: 403,
    slug: 'forbidden',
    title: 'This key may not do that',
    detail: `the key has the role ${role}; this route needs ${roles}`,
    remedy: `use a key with the role ${roles}`,
    headers: { 'WWW-Authenticate': `Bearer realm="xperf-fleet", error="insufficient_scope", scope="${roles}"` },
  });
}

/** Lets a request through when its key may use the route; a route that says nothing about its access is a bug. */
@Injectable()
export class KeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: Authentication,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, execution.getHandler());
    if (access === undefined) throw new Error(`${execution.getHandler().name} does not say who may use it`);
    const request = execution.switchToHttp().getRequest<Request>();
    if (access === 'open' || (access === 'local' && isFromLoopback(request))) return true;

    const actor = await this.authentication.actorOf(request);
    if ('fault' in actor) throw unauthorized(actor);
    const needed = rolesFor(access === 'local' ? 'read' : access);
    if (!needed.includes(actor.role)) throw forbidden(actor.role, needed);
    contextOf(request).actor = actor;
    return true;
  }
}
