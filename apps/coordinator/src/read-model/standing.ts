import type { PrismaClient, Transaction } from '#event-store';
import type { Projection } from '../projections/projection.js';

/** What the database says of a projection's tables. */
export interface Standing {
  /** Version of the definition that filled them; null: they were never filled; 0: a release that kept no versions. */
  version: number | null;
  /** How often they were swapped. */
  generation: number;
  /** Generation of the tables that they were filled from. */
  readGeneration: number | null;
  fillingVersion: number | null;
  fillingReadGeneration: number | null;
  rebuildAsked: boolean;
}

const unknown: Standing = {
  ...{ version: null, generation: 0, readGeneration: null },
  ...{ fillingVersion: null, fillingReadGeneration: null, rebuildAsked: false },
};

export async function standingOf(db: PrismaClient | Transaction, projection: Projection): Promise<Standing> {
  return (await standingsOf(db, [projection]))(projection);
}

/** Of many projections at once. */
export async function standingsOf(
  db: PrismaClient | Transaction,
  projections: readonly Projection[],
): Promise<(projection: Projection) => Standing> {
  const rows = await db.$queryRaw<(Standing & { name: string })[]>`
    SELECT name, version, generation, read_generation AS "readGeneration", filling_version AS "fillingVersion",
           filling_read_generation AS "fillingReadGeneration", rebuild_asked AS "rebuildAsked"
      FROM projections WHERE name = ANY(${projections.map(({ name }) => name)}::text[])`;
  const standings = new Map(rows.map(({ name, ...standing }) => [name, standing]));
  return ({ name }) => standings.get(name) ?? unknown;
}

/** The same, kept as it is until the transaction ends. */
export async function lockStanding(tx: Transaction, projection: Projection): Promise<Standing> {
  await tx.$executeRaw`INSERT INTO projections (name) VALUES (${projection.name}) ON CONFLICT DO NOTHING`;
  await tx.$queryRaw`SELECT FROM projections WHERE name = ${projection.name} FOR UPDATE`;
  return standingOf(tx, projection);
}

/** Names the checkpoint of a fill. */
export function fillOf({ name }: Projection): string {
  return `filling:${name}`;
}

/** The schema of tables that are being filled (prisma/migrations/20261126001300_projections). */
export function shadowSchemaOf({ name }: Projection): string {
  return `filling_${name}`;
}

/** Whether this release may fold into the tables: not before they were filled, nor after a newer one filled them. */
export function mayFollow(version: number, standing: Standing): boolean {
  return standing.version !== null && standing.version <= version;
}

/** Those of which something is to be done. One query, while mostly there is nothing. */
export async function dueFills(db: PrismaClient, projections: readonly Projection[]): Promise<Projection[]> {
  const of = await standingsOf(db, projections);
  return projections.filter((one) => dueFill(one, of(one), one.reads && of(one.reads)) !== 'nothing');
}

/**
 * What this release has to do for a projection: begin to refill it, continue with that, or nothing.
 *
 * @param read standing of the projection that it reads, if any; while that one is filled again, this one waits.
 */
export function dueFill(
  { version, reads }: Projection,
  standing: Standing,
  read: Standing | undefined,
): 'begin' | 'go on' | 'nothing' {
  const newer = Math.max(standing.version ?? 0, standing.fillingVersion ?? 0) > version;
  if (newer || (reads && read && dueFill(reads, read, undefined) !== 'nothing')) return 'nothing';
  const from = read?.generation ?? null;
  if (standing.fillingVersion === version && standing.fillingReadGeneration === from) return 'go on';
  const outdated = standing.version !== version || standing.readGeneration !== from || standing.rebuildAsked;
  return outdated || standing.fillingVersion !== null ? 'begin' : 'nothing';
}
