import pg from 'pg';
import { withClient } from './migrate.js';

/** The group roles that prisma/migrations makes. */
export const groupRoles = ['xf_coordinator', 'xf_worker', 'xf_reader'] as const;
export type GroupRole = (typeof groupRoles)[number];

/** What a login of ours may not have, by its column in pg_roles; a new role has none of it. */
const powers = { rolsuper: 'NOSUPERUSER', rolcreatedb: 'NOCREATEDB', rolcreaterole: 'NOCREATEROLE' } as const;

/**
 * Against accidents: a transaction left open holds the feed back for everybody, and a board's query that never ends holds
 * the server. A session can reset them; what it may not do, `watch_sessions` ends (prisma/migrations/20261126001000_watch_sessions).
 */
const timeouts: Readonly<Record<GroupRole, Readonly<Record<string, string>>>> = {
  xf_coordinator: {},
  xf_worker: { idle_in_transaction_session_timeout: '10s' },
  xf_reader: { idle_in_transaction_session_timeout: '10s', statement_timeout: '60s' },
};
/**
 * Most connections of a login, as a share of the server's `max_connections` at the time. All workers use one login and all
 * boards another, and whoever has one of these must not keep the coordinators out, whose login has no limit: of
 * PostgreSQL's usual 100 they leave 32, of `npm start`'s 200 they leave 67, after 3 for superusers. A coordinator takes 15
 * at most. A worker process takes 12 at most, usually 3 or 4, however many hosts it serves.
 */
const connectionShares: Readonly<Partial<Record<GroupRole, number>>> = { xf_worker: 0.5, xf_reader: 0.15 };

const timeoutNames = [...new Set(Object.values(timeouts).flatMap((of) => Object.keys(of)))];

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
    const { rows: limits } = await client.query<{ most: number }>(
      `SELECT coalesce(floor(current_setting('max_connections')::integer * $1::float8), -1)::integer AS most`,
      [connectionShares[login.role] ?? null],
    );
    // Only a superuser may as much as name SUPERUSER in an ALTER ROLE, so a power is taken only from who has it.
    const taken = Object.entries(powers).filter(([power]) => known?.[power as keyof typeof powers] === true);
    const attributes = [
      'LOGIN',
      ...taken.map(([, none]) => none),
      `CONNECTION LIMIT ${limits[0]?.most ?? -1}`,
      `PASSWORD ${pg.escapeLiteral(login.password)}`,
    ];
    await client.query(`${known === undefined ? 'CREATE' : 'ALTER'} ROLE ${name} ${attributes.join(' ')}`);
    await client.query(`REVOKE ${others} FROM ${name}`);
    await client.query(`GRANT ${login.role} TO ${name}`);
    for (const timeout of timeoutNames) {
      const value = timeouts[login.role][timeout];
      await client.query(
        `ALTER ROLE ${name} ${value === undefined ? `RESET ${timeout}` : `SET ${timeout} = '${value}'`}`,
      );
    }
    // So that `watch_sessions`, which runs as the owner, sees this login's transactions and may end them. A superuser may anyway;
    // before PostgreSQL 16 an owner who may make roles needs pg_signal_backend and pg_read_all_stats.
    const [me] = (
      await client.query<{ superuser: boolean; version: number }>(
        `SELECT rolsuper AS superuser, current_setting('server_version_num')::integer AS version
           FROM pg_roles WHERE rolname = current_user`,
      )
    ).rows;
    if (me?.superuser === false && me.version >= 160_000) {
      await client.query(`GRANT ${name} TO CURRENT_USER WITH INHERIT TRUE, SET FALSE`);
    }
    await client.query('COMMIT');
  });
}
