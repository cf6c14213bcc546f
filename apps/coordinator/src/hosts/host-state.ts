import { Prisma } from '#event-store';

/** Heartbeats that a host may miss before it counts as silent. */
const missedHeartbeats = 3;

/** Of a row of `host_presence`: whether its worker has missed too many heartbeats; null where it never had one. */
export const isSilent = (presence: Prisma.Sql, heartbeatMs: number): Prisma.Sql =>
  Prisma.sql`(${presence}.seen_at < now() - ${(missedHeartbeats * heartbeatMs) / 1_000}::float8 * interval '1 second')`;

/** The same as one of `hostStateSchema`. */
export const hostState = (presence: Prisma.Sql, heartbeatMs: number): Prisma.Sql =>
  Prisma.sql`CASE ${isSilent(presence, heartbeatMs)} WHEN true THEN 'silent' WHEN false THEN 'online' ELSE 'never' END`;
