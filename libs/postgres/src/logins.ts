import pg from 'pg';
import { withClient } from './migrate.js';

/** The group roles that prisma/migrations makes. */
export const groupRoles = ['xf_coordinator', 'xf_worker', 'xf_reader'] as const;
export type GroupRole = (typeof groupRoles)[number];

/** What a login of ours may not have, by its column in pg_roles; a new role has none of it. */
const powers = { rolsuper: 'NOSUPERUSER', rolcreatedb: 'NOCREATEDB', rolcreaterole: 'NOCREATEROLE' } as const;

/**
 * Makes a login, or gives an existing one this password, as a member of exactly one of our group roles. The group
 * roles must exist (see `migrate`).
 */
export async function ensureLogin(
  adminUrl: string,
  login: { name: string; role: GroupRole; password: string },
): Promise<void> {
  const name = pg.escapeIdentifier(login.name);
  const others = groupRoles.filter((role) => role !== login.role).join(', ');
  await withClient(adminUrl, async (client) => {
    await client.query('BEGIN');
    // Roles belong to the whole cluster: one at a time, whichever database the callers are in.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('xf_logins'))`);
    const { rows } = await client.query<Record<keyof typeof powers, boolean>>(
      `SELECT ${Object.keys(powers).join(', ')} FROM pg_roles WHERE rolname = $1`,
      [login.name],
    );
    const [known] = rows;
    // Only a superuser may as much as name SUPERUSER in an ALTER ROLE, so a power is taken only from who has it.
    const taken = Object.entries(powers).filter(([power]) => known?.[power as keyof typeof powers] === true);
    const attributes = ['LOGIN', ...taken.map(([, none]) => none), `PASSWORD ${pg.escapeLiteral(login.password)}`];
    await client.query(`${known === undefined ? 'CREATE' : 'ALTER'} ROLE ${name} ${attributes.join(' ')}`);
    await client.query(`REVOKE ${others} FROM ${name}`);
    await client.query(`GRANT ${login.role} TO ${name}`);
    await client.query('COMMIT');
  });
}
