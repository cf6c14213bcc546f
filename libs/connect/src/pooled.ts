/**
 * Whether an address of PostgreSQL leads through a pooler in transaction mode, as `pgbouncer=true` in it says (Prisma's own word for
 * it). Between two transactions the session there is somebody else's: it keeps no prepared statement, no LISTEN and no setting.
 */
export function isPooled(url: string): boolean {
  return new URL(url).searchParams.get('pgbouncer') === 'true';
}
