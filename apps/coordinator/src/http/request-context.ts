import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Cause, Role } from '#contracts';

/** Who asks: the key's id (`local` and `bootstrap` stand for the two that are not in api_keys). */
export interface Actor {
  keyId: string;
  role: Role;
}

export interface RequestContext {
  /** UUID that links log lines, problems and events of one request. */
  readonly correlationId: string;
  /** Set by the key guard; null on open routes. */
  actor: Actor | null;
}

const contexts = new WeakMap<Request, RequestContext>();

export function openContext(request: Request, correlationId: string): void {
  contexts.set(request, { correlationId, actor: null });
}

export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('this request passed no correlation middleware');
  return context;
}

/** Name of whoever asks, as events and logs carry it: `key:<id>`. */
export function actorName(actor: Actor): string {
  return `key:${actor.keyId}`;
}

function contextFrom(context: ExecutionContext): RequestContext & { actor: Actor } {
  const { correlationId, actor } = contextOf(context.switchToHttp().getRequest<Request>());
  if (actor === null) throw new Error('this route is open; it has no actor');
  return { correlationId, actor };
}

/** The cause that events appended by this request carry. A request is an origin, so nothing caused it. */
export const RequestCause = createParamDecorator((_: unknown, context: ExecutionContext): Cause => {
  const { correlationId, actor } = contextFrom(context);
  return { correlationId, causationId: null, actor: actorName(actor) };
});

/** Who asks. */
export const RequestActor = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor => contextFrom(context).actor,
);
