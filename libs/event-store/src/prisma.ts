import { PrismaPg } from '@prisma/adapter-pg';
import { endSilentConnections, isPooled, unlessSilent } from '#connect';
import pg from 'pg';
import { Prisma, PrismaClient } from './generated/prisma/client.js';
import { preparedName } from './prepared.js';

export { PrismaClient, Prisma } from './generated/prisma/client.js';
export type Transaction = Prisma.TransactionClient;

/** The connection is at fault, not the statement. */
class DriverError extends Error {
  override readonly name = 'DriverError';
}

/** The connections of a client. Prisma ends them with it, and hears of those that break, once it has begun with them. */
interface Connections {
  pool: pg.Pool;
  /** The name under which a statement is prepared, if any. */
  nameOf: (sql: string) => string | undefined;
  begun?: Promise<void>;
}
const pools = new WeakMap<object, Connections>();

/**
 * A client for one PostgreSQL database. It connects on first use.
 *
 * @param options.poolSize at most so many connections; 4 by default, because a process here rarely does more at once.
 * @param options.applicationName shown in pg_stat_activity.
 * Through a pooler in transaction mode (`pgbouncer=true` in the URL) nothing is prepared.
 *
 * @param options.schema where tables are looked for: Prisma's own queries there only, raw SQL there before `public`.
 */
export function createPrisma(
  databaseUrl: string,
  options: { poolSize?: number; applicationName?: string; schema?: string } = {},
): PrismaClient {
  const { poolSize, applicationName, schema } = options;
  const config = {
    connectionString: databaseUrl,
    max: poolSize ?? 4,
    ...unlessSilent,
    ...(applicationName === undefined ? {} : { application_name: applicationName }),
    ...(schema === undefined ? {} : { options: `-c search_path=${schema},public` }),
  };
  const nameOf = isPooled(databaseUrl) ? () => undefined : preparedName;
  const pool = new pg.Pool(config);
  endSilentConnections(pool, databaseUrl);
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    ...(schema === undefined ? {} : { schema }),
    // Where it gives none, the driver prepares nothing; Prisma's type has no word for that.
    statementNameGenerator: ({ sql }) => nameOf(sql) as string,
  });
  const client = new PrismaClient({ adapter });
  pools.set(client, { pool, nameOf });
  return client;
}

/** Once, and again after a failure. */
function begin(own: Connections, db: PrismaClient): Promise<void> {
  own.begun ??= db.$connect().catch((error: unknown) => {
    delete own.begun;
    throw error;
  });
  return own.begun;
}

/**
 * The rows of a statement, from the driver itself where it belongs to no transaction: Prisma's engine converts each value of
 * each row, and turns a payload into base64 and JSON and back. Columns of 64-bit integers are to be cast.
 */
export async function rowsOf<Row extends object>(
  db: PrismaClient | Transaction,
  statement: Prisma.Sql,
): Promise<Row[]> {
  const own = pools.get(db);
  if (own === undefined) return db.$queryRaw<Row[]>(statement);
  await begin(own, db as PrismaClient);
  const { text, values } = statement;
  const name = own.nameOf(text);
  try {
    return (await own.pool.query<Row>({ ...(name === undefined ? {} : { name }), text, values })).rows;
  } catch (error) {
    if (error instanceof pg.DatabaseError) throw error;
    const { message, code } = error as Error & { code?: string };
    // That of several addresses which all refused has only a code.
    throw new DriverError(message || (code ?? 'the connection failed'), { cause: error });
  }
}

/**
 * Rows that travel as one JSON text: in a transaction Prisma's engine converts each value of each row. Times are ISO 8601, 64-bit
 * integers are numbers.
 */
export async function jsonRowsOf<Row>(db: PrismaClient | Transaction, query: Prisma.Sql): Promise<Row[]> {
  const statement = Prisma.sql`SELECT json_agg(asked)::text AS rows FROM (${query}) AS asked`;
  const [answer] = await rowsOf<{ rows: string | null }>(db, statement);
  return JSON.parse(answer?.rows ?? '[]') as Row[];
}
