// `npm run migrate`: brings the database of ADMIN_DATABASE_URL up to this release, the queue's tables with it, and makes
// the logins whose passwords are given. Safe to run at every start, also from two places at once.
import { join } from 'node:path';
import * as z from 'zod';
import { PlainTextError, readTrust, securedUrl, TrustError } from '#connect';
import { ensureDatabase, PostgresError } from '#postgres';
import { prepareDatabase } from './prepare-database.js';

const password = z.string().min(8, 'must have at least 8 characters').optional();
const environmentSchema = z.object({
  ADMIN_DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be postgres://user:password@host:port/database of a user who may create tables and roles',
  }),
  XF_COORDINATOR_PASSWORD: password,
  XF_WORKER_PASSWORD: password,
  XF_READER_PASSWORD: password,
});

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Makes the database itself when the server is there but the database isn't. */
async function createIfMissing(adminUrl: string): Promise<void> {
  const maintenance = new URL(adminUrl);
  const name = decodeURIComponent(maintenance.pathname.slice(1));
  maintenance.pathname = '/postgres';
  if (await ensureDatabase(maintenance.href, name)) say(`made database ${name}`);
}

/** @throws PostgresError where the owner's password would travel in the clear */
function securedAdminUrl(url: string): string {
  try {
    return securedUrl(url, readTrust(process.env));
  } catch (error) {
    if (error instanceof TrustError) throw new PostgresError(error.message, 'Correct it and run it again');
    if (error instanceof PlainTextError)
      throw new PostgresError(`ADMIN_DATABASE_URL ${error.message}`, 'Then run it again');
    throw error;
  }
}

async function main(): Promise<void> {
  const parsed = environmentSchema.safeParse(process.env);
  if (!parsed.success) {
    const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ');
    throw new PostgresError(`the environment is not right: ${reasons}`, 'Set the variables and run it again');
  }
  const environment = parsed.data;
  const adminUrl = securedAdminUrl(environment.ADMIN_DATABASE_URL);
  await createIfMissing(adminUrl);
  const { applied, logins } = await prepareDatabase(adminUrl, join(process.cwd(), 'prisma/migrations'), {
    coordinator: environment.XF_COORDINATOR_PASSWORD,
    worker: environment.XF_WORKER_PASSWORD,
    reader: environment.XF_READER_PASSWORD,
  });
  say(applied.length === 0 ? 'nothing to migrate' : `applied ${applied.join(', ')}`);
  for (const name of logins) say(`login ${name} is a member of xf_${name}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof PostgresError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
