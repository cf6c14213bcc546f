import type { ArgumentMetadata } from '@nestjs/common';
import type { FieldError } from './problem.js';

/** The part of a Standard Schema issue that we read; zod puts more into it, none of which we depend on. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

function pathOf(issue: SchemaIssue): string {
  return (issue.path ?? [])
    .map((segment) => (typeof segment === 'object' ? segment.key : segment))
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

const places: Record<ArgumentMetadata['type'], string> = {
  body: 'body',
  query: 'query',
  param: 'path',
  custom: 'request',
};

/** What to do about an issue: our schemas' own messages say it after a semicolon; otherwise the API page does. */
function remedyFor(message: string, place: string): string {
  const own = /; (.+)$/.exec(message)?.[1];
  return own ?? `correct it in the ${place} of the request; /docs shows what this route takes`;
}

/** Issues of one argument of a route as field errors: `hosts[0].hostId`, `limit`, or the place when there is no path. */
export function fieldErrors(issues: readonly SchemaIssue[], argument: ArgumentMetadata): FieldError[] {
  const place = places[argument.type];
  return issues.slice(0, 50).map((issue) => {
    const field = [argument.data, pathOf(issue)].filter((part) => part !== undefined && part !== '').join('.') || place;
    return { field, message: issue.message, remedy: remedyFor(issue.message, place) };
  });
}
