import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assertFeedInOrder, FeedOrderError, type PrismaClient } from '#event-store';
import { hasAdminKey } from './auth/key-store.js';
import { isLoopback, tlsFault } from '#connect';
import type { Settings } from './environment.js';
import { databaseProblem } from './problems/database-problem.js';
import { projectRoot } from './project-root.js';

/** The coordinator can't serve as it was asked to; the message says why and what to do. */
export class StartupError extends Error {
  override readonly name = 'StartupError';

  /** @param exitCode 3 tells whoever chose the port that another one would do. */
  constructor(
    message: string,
    options?: ErrorOptions,
    readonly exitCode: 1 | 3 = 1,
  ) {
    super(message, options);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n').filter(Boolean).at(-1) ?? error.name) : String(error);
}

/** Names of the migrations that this release is made for. */
async function knownMigrations(): Promise<string[]> {
  const entries = await readdir(join(projectRoot(), 'prisma/migrations'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** The names of those that the database has had whole; none where this login may not look, which one of them lets it. */
async function appliedMigrations(db: PrismaClient): Promise<string[]> {
  const [book] = await db.$queryRaw<{ open: boolean }[]>`
    SELECT coalesce(has_table_privilege(to_regclass('public._prisma_migrations'), 'SELECT'), false) AS open`;
  if (book?.open !== true) return [];
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  return rows.map(({ name }) => name);
}

/** @throws StartupError where the database is of another release, or a migration stopped half-way */
async function checkMigrations(db: PrismaClient): Promise<void> {
  const [known, applied] = await Promise.all([knownMigrations(), appliedMigrations(db)]);
  const missing = known.filter((name) => !applied.includes(name));
  const [unknown] = applied.filter((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new StartupError(
      `DATABASE_URL: the database has migration ${unknown}, which this release does not know: a newer release wrote it; run that one`,
    );
  if (missing.length > 0)
    throw new StartupError(
      `DATABASE_URL: the database lacks ${missing.length} of this release's migrations (${missing[0]} …); run npm run migrate first`,
    );
}

/** @throws StartupError when PostgreSQL does not answer, is not migrated to this very release, or was restored without rebasing. */
export async function checkDatabase(db: PrismaClient): Promise<void> {
  try {
    const [tables] = await db.$queryRaw<
      { ready: boolean }[]
    >`SELECT to_regclass('public.checkpoints') IS NOT NULL AS ready`;
    if (tables?.ready === true) {
      await checkMigrations(db);
      return await assertFeedInOrder(db);
    }
  } catch (error) {
    if (error instanceof StartupError) throw error;
    if (error instanceof FeedOrderError) throw new StartupError(`DATABASE_URL: ${error.message}`, { cause: error });
    const fault = tlsFault(error);
    if (fault !== null) throw new StartupError(`DATABASE_URL: PostgreSQL can not be used: ${fault}`, { cause: error });
    const remedy = databaseProblem(error)?.document.remedy ?? 'correct DATABASE_URL';
    throw new StartupError(`DATABASE_URL: PostgreSQL can not be used: ${messageOf(error)}; ${remedy.split(',')[0]}`, {
      cause: error,
    });
  }
  throw new StartupError(
    'DATABASE_URL: the database has no tables of ours; apply prisma/migrations first (npm run migrate)',
  );
}

/**
 * Beyond loopback anybody may connect, so a real admin key must exist first; the local key is for this machine only.
 *
 * @throws StartupError
 */
export async function checkExposure(db: PrismaClient, settings: Settings): Promise<void> {
  if (isLoopback(settings.host) || (await hasAdminKey(db, settings))) return;
  throw new StartupError(
    `HOST: refusing to listen on ${settings.host} while there is no admin API key. Start on 127.0.0.1 and make one with POST /v1/keys, or set XF_BOOTSTRAP_ADMIN_KEY_HASH to the SHA-256 of a key`,
  );
}

/** What to say when listening failed. */
export function listenError(error: unknown, settings: Settings): StartupError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = `port ${settings.port} of ${settings.host}`;
  const say = (text: string, exitCode: 1 | 3 = 1): StartupError => new StartupError(text, { cause: error }, exitCode);
  if (code === 'EADDRINUSE') {
    const text = `PORT: ${where} is taken; stop the program that listens there, or set PORT to a free one (0 picks one)`;
    return say(text, 3);
  }
  if (code === 'EACCES') return say(`PORT: ${where} may not be used by this user; set PORT to one above 1023`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return say(`HOST: ${settings.host} is not an address of this machine; set HOST to one that is`);
  return say(`listening on ${where} failed: ${messageOf(error)}`);
}
