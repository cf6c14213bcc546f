import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/prisma/client.js';
import type { Prisma } from './generated/prisma/client.js';

export { PrismaClient, Prisma } from './generated/prisma/client.js';
export type Transaction = Prisma.TransactionClient;

/**
 * A client for one PostgreSQL database. It connects on first use.
 *
 * @param options.poolSize at most so many connections; 4 by default, because a process here rarely does more at once.
 * @param options.applicationName shown in pg_stat_activity.
 */
export function createPrisma(
  databaseUrl: string,
  options: { poolSize?: number; applicationName?: string } = {},
): PrismaClient {
  const adapter = new PrismaPg({
    connectionString: databaseUrl,
    max: options.poolSize ?? 4,
    // A server that does not answer is an error after so long, not a wait for ever.
    connectionTimeoutMillis: 10_000,
    ...(options.applicationName === undefined ? {} : { application_name: options.applicationName }),
  });
  return new PrismaClient({ adapter });
}
