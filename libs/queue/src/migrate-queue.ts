import { DEFAULT_SCHEMA, runMigrations } from 'bullmq';
import pg from 'pg';

/**
 * Rights of our two group roles on BullMQ's schema. The coordinator may create in it, because BullMQ makes one
 * sequence a queue on the first bulk put, and temporary tables with each.
 */
const grants = `
  GRANT USAGE, CREATE ON SCHEMA ${DEFAULT_SCHEMA} TO xf_coordinator;
  GRANT USAGE ON SCHEMA ${DEFAULT_SCHEMA} TO xf_worker;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${DEFAULT_SCHEMA} TO xf_coordinator, xf_worker;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${DEFAULT_SCHEMA} TO xf_coordinator, xf_worker;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${DEFAULT_SCHEMA} TO xf_coordinator, xf_worker;
  DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO xf_coordinator', current_database()); END $$;
`;

/**
 * BullMQ stores an event whenever a job is taken, ends and was the last, each with a notification, for whose commit PostgreSQL
 * takes a lock and wakes every session that listens to anything. Nobody reads them: what happened stands in the event store.
 * Those of puts stay: they are stored in sets, and few are kept (`keepFewEvents`).
 */
const noEvents = `
  CREATE OR REPLACE FUNCTION ${DEFAULT_SCHEMA}.publish_event(p_queue text, p_event text, p_data jsonb) RETURNS bigint
  LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint'`;

/**
 * Makes or upgrades BullMQ's tables on PostgreSQL (schema `bullmq`) and lets the roles of prisma/migrations use them.
 * `prepareDatabase` (libs/database-setup) runs it as the owner; neither coordinator nor worker may change a schema. Safe to repeat and to run twice
 * at once. The group roles must exist.
 */
export async function migrateQueue(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  // A connection that breaks is told by the query under way.
  client.on('error', () => undefined);
  await client.connect();
  try {
    // One at a time: concurrent GRANTs on one object fail with "tuple concurrently updated".
    await client.query(`SELECT pg_advisory_lock(hashtext('xf_queue_migration'))`);
    await runMigrations(client, DEFAULT_SCHEMA);
    await client.query(noEvents);
    await client.query(grants);
  } finally {
    await client.end();
  }
}
