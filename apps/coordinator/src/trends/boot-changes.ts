import type { BootChange } from '#contracts';
import type { PrismaClient, Prisma } from '#event-store';
import { knownChanges, type KnownChange } from './known-changes.js';
import { loadBorders, loadFacts } from './load-borders.js';

/** Entries of a reply, and hosts that one names. */
export const mostChanges = 500;
const namedHosts = 100;

const iso = (ms: number): string => new Date(ms).toISOString();

/** A change as replies tell it, with the first of its hosts by name, or with `most` of them. */
export function changeView({ kind, fields, borders }: KnownChange, most = namedHosts): BootChange {
  const hosts = [...new Set(borders.map(({ hostId }) => hostId))].sort();
  const ats = borders.map(({ atMs }) => atMs);
  return {
    ...{ kind, fields, hosts: hosts.slice(0, most), hostCount: hosts.length },
    ...{ from: iso(ats[0] ?? 0), to: iso(ats.at(-1) ?? 0) },
  };
}

/** What changed in the boot states of the hosts that a condition on `segments s` chooses, in a span of time; the newest are kept. */
export async function bootChanges(
  db: PrismaClient,
  chosen: Prisma.Sql,
  { sinceMs, untilMs }: { sinceMs: number; untilMs: number },
): Promise<{ changes: BootChange[]; cut: boolean }> {
  const borders = (await loadBorders(db, chosen)).filter(({ atMs }) => sinceMs <= atMs && atMs < untilMs);
  const hashes = [...new Set(borders.flatMap(({ before, after }) => [before, after]))];
  const changes = knownChanges(borders, await loadFacts(db, hashes));
  return {
    changes: changes.slice(-mostChanges).map((change) => changeView(change)),
    cut: changes.length > mostChanges,
  };
}
