import { ensureLogin, migrate } from '#postgres';
import { migrateQueue } from '#queue';

/** Our logins; each is a member of the group role `xf_<name>`. */
export const loginNames = ['coordinator', 'worker', 'reader'] as const;
export type LoginName = (typeof loginNames)[number];

/**
 * Brings a database up to this release: our tables, the queue's (no use where tickets travel over Redis, and no harm),
 * and the logins whose passwords are given. Safe to repeat and to run twice at once.
 *
 * @param adminUrl the database, as a user who may create tables, functions and roles in it
 * @throws PostgresError as `migrate`
 */
export async function prepareDatabase(
  adminUrl: string,
  migrationsDir: string,
  passwords: Readonly<Partial<Record<LoginName, string | undefined>>>,
): Promise<{ applied: string[]; logins: LoginName[] }> {
  const { applied } = await migrate(adminUrl, migrationsDir);
  await migrateQueue(adminUrl);
  const logins: LoginName[] = [];
  for (const name of loginNames) {
    const password = passwords[name];
    if (password === undefined) continue;
    await ensureLogin(adminUrl, { name, role: `xf_${name}`, password });
    logins.push(name);
  }
  return { applied, logins };
}
