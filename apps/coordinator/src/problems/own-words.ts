import * as z from 'zod';
import { nearest } from '../selectors/nearest.js';
import type { SchemaIssue } from './input-errors.js';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const a = (noun: string): string => `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`;

const formats: Readonly<Record<string, string>> = {
  uuid: 'must be a whole id (a UUID such as 7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11)',
  datetime: 'must be a time such as 2026-11-20T18:00:00Z',
  url: 'must be a URL such as http://fleet:3000',
};

function bound(limit: 'at least' | 'at most', value: number | bigint, { origin }: { origin: string }): string {
  if (origin === 'string') return `must have ${limit} ${value} characters`;
  if (origin === 'array' || origin === 'set' || origin === 'object') return `must have ${limit} ${value} entries`;
  return `must be ${limit} ${value}`;
}

/** What zod has to say where a schema has no words of its own; undefined leaves it to zod. */
function messageFor(issue: RawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return `is missing; give ${a(issue.expected)}`;
    return `must be ${issue.expected === 'int' ? 'a whole number' : a(issue.expected)}`;
  }
  if (issue.code === 'invalid_format') return formats[issue.format];
  if (issue.code === 'too_small') return bound('at least', issue.minimum, issue);
  if (issue.code === 'too_big') return bound('at most', issue.maximum, issue);
  if (issue.code !== 'invalid_value') return undefined;
  const near = typeof issue.input === 'string' ? nearest(issue.input, issue.values.map(String)) : [];
  const meant = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
  return `must be one of ${issue.values.map(String).join(', ')}${meant}`;
}

/** A name that a schema does not have, with those that it has. */
function unknownName(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const meant = near.length === 0 ? '' : `did you mean ${near.join(' or ')}? `;
  return `there is no such name here; ${meant}there are ${known.join(', ')}`;
}

/** Names of a query that were given more than once, to schemas that take one value. */
function repeated(value: unknown, issues: readonly SchemaIssue[]): SchemaIssue[] {
  const wrong = new Set(issues.map(({ path }) => path?.[0]));
  return Object.entries((value ?? {}) as Record<string, unknown>).flatMap(([name, given]) =>
    Array.isArray(given) && wrong.has(name)
      ? [{ path: [name], message: `was given ${given.length} times; give it once` }]
      : [],
  );
}

/**
 * Validates with messages that a person can act on: where a schema does not say what it wants, in our words and not in zod's; of each
 * unknown name by itself, with the nearest that there are.
 *
 * @param place where the value came from: only a query has parameters that may be given twice
 */
export function validated(
  schema: z.ZodType,
  value: unknown,
  place: 'query' | 'other',
): { value: unknown; issues: null } | { issues: SchemaIssue[] } {
  const names = new WeakMap<object, string[]>();
  const result = schema.safeParse(value, {
    error: (issue) => {
      // The issue that comes out does not say which object's names they were.
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject)
        names.set(issue.keys, Object.keys(issue.inst.shape));
      return messageFor(issue);
    },
  });
  if (result.success) return { value: result.data, issues: null };
  const issues = result.error.issues.flatMap((issue): SchemaIssue[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          path: [...issue.path, key],
          message: unknownName(key, names.get(issue.keys) ?? []),
        }))
      : [issue],
  );
  const twice = place === 'query' ? repeated(value, issues) : [];
  const named = new Set(twice.map(({ path }) => path?.[0]));
  return { issues: [...twice, ...issues.filter(({ path }) => !named.has(path?.[0] as string))] };
}
