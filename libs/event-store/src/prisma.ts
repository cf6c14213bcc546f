import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/prisma/client.js';
import type { Prisma } from './generated/prisma/client.js';
import { preparedName } from './prepared.js';

export { PrismaClient, Prisma } from './generated/prisma/client.js';
export type Transaction = Prisma.TransactionClient;

/**
 * A client for one PostgreSQL database. It connects on first use.
 *
 * @param options.poolSize at most so many connections; 4 by default, because a process here rarely does more at once.
 * @param options.applicationName shown in pg_stat_activity.
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
    // A server that does not answer is an error after so long, not a wait for ever.
    connectionTimeoutMillis: 10_000,
    ...(applicationName === undefined ? {} : { application_name: applicationName }),
    ...(schema === undefined ? {} : { options: `-c search_path=${schema},public` }),
  };
  const adapter = new PrismaPg(config, {
    ...(schema === undefined ? {} : { schema }),
    // Where it gives none, the driver prepares nothing; Prisma's type has no word for that.
    statementNameGenerator: ({ sql }) => preparedName(sql) as string,
  });
  return new PrismaClient({ adapter });
}
