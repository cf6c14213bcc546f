import { findingsSchema, idEndingSchema, uuidSchema } from '#contracts';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { ApiClient } from './api-client.js';

/** What can be looked up: an item's id, and what tells it from others of its kind. */
interface Found {
  id: string;
  about: string;
}
type Lookup = (query: { ending?: string; name?: string; limit: number }) => Promise<Found[]>;

export const jobHelp = 'its id, any unique ending of it, its name, or @latest';
export const findingHelp = 'its id, any unique ending of it, or @latest: the one whose change is the newest';
export const runHelp = 'its id, any unique ending of it, or @latest: the completed one that ended last';

/** As many as an error can list. */
const listed = 5;

function oneOf(found: readonly Found[], text: string, what: string, listing: string): string | null {
  const different = [...new Map(found.map((one) => [one.id, one])).values()];
  const [first, ...others] = different;
  if (first === undefined) return null;
  if (others.length === 0) return first.id;
  const lines = different.slice(0, listed).map(({ id, about }) => `  ${id}  ${about}`);
  throw new CliError(
    [`more than one ${what} is called “${text}”:`, ...lines, ...(different.length > listed ? ['  …'] : [])].join('\n'),
    `give more of the end of its id; ${listing} lists them`,
    exitCodes.refused,
  );
}

async function find(text: string, what: string, listing: string, lookup: Lookup, latest: () => Promise<Found[]>) {
  if (uuidSchema.safeParse(text).success) return text;
  if (text === '@latest') {
    const [newest] = await latest();
    if (newest !== undefined) return newest.id;
    throw new CliError(`there is no ${what} yet`, `${listing} lists them`, exitCodes.refused);
  }
  const limit = listed + 1;
  const isEnding = idEndingSchema.safeParse(text).success;
  // Both are asked: one job may be named like the end of another's id, and what is cancelled must not be guessed.
  const [byEnding, byName] = await Promise.all([
    isEnding ? lookup({ ending: text, limit }) : [],
    lookup({ name: text, limit }),
  ]);
  const id = oneOf([...byEnding, ...byName], text, what, listing);
  if (id !== null) return id;
  throw new CliError(
    `no ${what} is called “${text}”`,
    `give its id, 4 or more characters of its end, or @latest; ${listing} lists them`,
    exitCodes.refused,
  );
}

/**
 * The one of a few things that a person names: by its id, any unique ending of it, or its name.
 *
 * @throws CliError when there is none, or more than one, with their ids
 */
export function findAmong<T>(all: readonly T[], text: string, of: Among<T>): T {
  const { what, listing, idOf, nameOf, aboutOf } = of;
  const ending = idEndingSchema.safeParse(text);
  const called = all.filter(
    (one) => nameOf(one) === text || (ending.success && idOf(one).toLowerCase().endsWith(ending.data)),
  );
  const id = oneOf(
    called.map((one) => ({ id: idOf(one), about: aboutOf(one) })),
    ...([text, what, listing] as const),
  );
  const found = called.find((one) => idOf(one) === id);
  if (found !== undefined) return found;
  const remedy = `give its id, 4 or more characters of its end, or its name; ${listing} lists them`;
  throw new CliError(`no ${what} is called “${text}”`, remedy, exitCodes.refused);
}

interface Among<T> {
  what: string;
  /** The command that lists them. */
  listing: string;
  idOf: (one: T) => string;
  nameOf: (one: T) => string;
  aboutOf: (one: T) => string;
}

/**
 * The id of a job that a person names: by its id, any unique ending of it, its name, or as `@latest`.
 *
 * @throws CliError when there is none, or more than one, with their ids
 */
export function findJobId(client: ApiClient, text: string): Promise<string> {
  const found = ({ items }: Awaited<ReturnType<ApiClient['jobs']>>): Found[] =>
    items.map(({ jobId, spec, submittedAt }) => ({ id: jobId, about: `${submittedAt} ${spec.name ?? ''}`.trim() }));
  return find(
    text,
    'job',
    'xf jobs',
    async (query) => found(await client.jobs(query)),
    async () => found(await client.jobs({ limit: 1 })),
  );
}

/** The same of a run, which has no name; `@latest` is the completed one that ended last. */
export function findRunId(client: ApiClient, text: string): Promise<string> {
  const found = ({ items }: Awaited<ReturnType<ApiClient['runs']>>): Found[] =>
    items.map(({ runId, hostId, probe }) => ({ id: runId, about: `${hostId} ${probe}` }));
  return find(
    text,
    'run',
    'xf runs',
    async ({ ending, limit }) => (ending === undefined ? [] : found(await client.runs({ ending, limit }))),
    async () => found(await client.runs({ state: 'completed', limit: 1 })),
  );
}

/** The same of a finding, which has no name either. */
export function findFindingId(client: ApiClient, text: string): Promise<string> {
  const found = async (query: { ending?: string; limit: number }): Promise<Found[]> => {
    const { items } = await client.ask('/v1/regressions', findingsSchema, { query: { state: 'all', ...query } });
    return items.map(({ findingId, fromDay, hosts }) => ({
      id: findingId,
      about: `${fromDay} ${hosts[0] ?? ''}${hosts.length > 1 ? ' …' : ''}`,
    }));
  };
  return find(
    text,
    'finding',
    'xf regressions --state all',
    async ({ ending, limit }) => (ending === undefined ? [] : found({ ending, limit })),
    () => found({ limit: 1 }),
  );
}
