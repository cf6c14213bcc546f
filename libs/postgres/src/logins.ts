import pg from 'pg';
import { withClient } from './migrate.js';

/** The group roles that prisma/migrations makes. */
export const groupRoles = ['xf_coordinator', 'xf_worker', 'xf_reader'] as const;
export type GroupRole = (typeof groupRoles)[number];

/**
 * Makes a login, or gives an existing one this password, as a member of exactly one of our group roles. The group
 * roles must exist (see `migrate`).
 */
export async function ensureLogin(
  adminUrl: string,
  login: { name: string; role: GroupRole; password: string },
): Promise<void> {
  const name = pg.escapeIdentifier(login.name);
  const attributes = `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${pg.escapeLiteral(login.password)}`;
  const others = groupRoles.filter((role) => role !== login.role).join(', ');
  await withClient(adminUrl, async (client) => {
    await client.query('BEGIN');
    // Roles belong to the whole cluster: one at a time, whichever database the callers are in.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('xf_logins'))`);
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [login.name]);
    await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${name} ${attributes}`);
    await client.query(`REVOKE ${others} FROM ${name}`);
    await client.query(`GRANT ${login.role} TO ${name}`);
    await client.query('COMMIT');
  });
}
