import type { PrismaClient } from '#event-store';
import { type BothSides, compareBeforeAfter } from '#stats';
import { change, counted, intervalText } from '#wording';
import type { Facts } from '../compare/facts.js';
import { loadFacts } from '../trends/load-borders.js';
import { dateOf, dayOf } from './candidates.js';
import { cpuOf } from './find-movements.js';
import { baselineFrom } from './finding-questions.js';
import type { StoredFinding } from './known-findings.js';

/** Days of late that tell where a level is now, and how many there must be of a host. */
export const lateDays = 7;
const [leastLate, leastBefore] = [4, 3];
const confidence = 0.95;

/** A day of a host under one boot state, in the unit that all its days have. */
export interface DayRow {
  hostId: string;
  bootStateHash: string;
  day: number;
  level: number;
}

/** ns where all days of a host have them, else cycles: the two are never compared with each other. */
function inOneUnit(rows: readonly (Omit<DayRow, 'level'> & { ns: number | null; cycles: number | null })[]): DayRow[] {
  const withoutNs = new Set(rows.flatMap(({ hostId, ns }) => (ns === null ? [hostId] : [])));
  return rows.flatMap(({ ns, cycles, ...row }) => {
    const level = withoutNs.has(row.hostId) ? cycles : ns;
    return level !== null && level > 0 ? [{ ...row, level }] : [];
  });
}

async function daysOf(
  db: PrismaClient,
  { movement }: StoredFinding,
  hosts: readonly string[],
  today: number,
): Promise<DayRow[]> {
  const { probe, metric, executor, provenance, fromDay } = movement;
  const before = baselineFrom(movement);
  const rows = await db.$queryRaw<Parameters<typeof inOneUnit>[0]>`
    SELECT host_id AS "hostId", boot_state_hash AS "bootStateHash", (extract(epoch FROM day) / 86400)::integer AS day,
           coalesce(level_ns, p50_ns) AS ns, coalesce(level_cycles, p50_cycles) AS cycles
      FROM daily_series
     WHERE host_id = ANY(${[...hosts]}::text[]) AND probe = ${probe} AND metric = ${metric} AND executor = ${executor}
       AND provenance = ${provenance}
       AND ((day >= ${before}::timestamptz AND day < ${fromDay}::timestamptz) OR
            (day >= ${dateOf(today - lateDays)}::timestamptz AND day <= ${dateOf(today)}::timestamptz))
     ORDER BY day`;
  return inOneUnit(rows);
}

/** Levels before the change and of late, of hosts that have enough of both on the same machine. */
function sidesOf(
  rows: readonly DayRow[],
  fromDay: number,
  toDay: number,
  facts: ReadonlyMap<string, Facts>,
): BothSides {
  const sides = { a: new Map<string, number[]>(), b: new Map<string, number[]>() };
  for (const host of new Set(rows.map(({ hostId }) => hostId))) {
    const own = rows.filter(({ hostId }) => hostId === host);
    const machine = cpuOf(facts.get(own[0]?.bootStateHash ?? ''));
    const same = own.filter(({ bootStateHash }) => cpuOf(facts.get(bootStateHash)) === machine);
    const before = same.filter(({ day }) => day < fromDay).map(({ level }) => level);
    const late = same.filter(({ day }) => day > toDay).map(({ level }) => level);
    if (before.length < leastBefore || late.length < leastLate) continue;
    sides.a.set(host, before);
    sides.b.set(host, late);
  }
  return sides;
}

/**
 * Whether the hosts of a finding are back where they were, whatever brought them there: by the last days against those before the change,
 * with its control hosts beside it, less than half of it is left at 95 %.
 *
 * @param rows the days before the change and the last ones
 * @param beside those of its control hosts
 * @returns how it stands, in one sentence; null where it is still there, or the days can't tell
 */
export function backText(
  { movement }: Pick<StoredFinding, 'movement'>,
  rows: readonly DayRow[],
  beside: readonly DayRow[],
  facts: ReadonlyMap<string, Facts>,
): string | null {
  const [fromDay, toDay] = [dayOf(movement.fromDay), dayOf(movement.toDay)];
  const changed = sidesOf(rows, fromDay, toDay, facts);
  // A host or two of many say nothing of the rest.
  if (changed.a.size === 0 || 2 * changed.a.size < movement.hosts.length) return null;
  const found = compareBeforeAfter(changed, sidesOf(beside, fromDay, toDay, facts), confidence);
  if (found === null) return null;
  const { ratio, low, high } = found.estimate;
  const half = Math.sqrt(movement.ratio);
  const gone = movement.direction === 'up' ? high < half : low > half;
  if (!gone) return null;
  const figures = `${change(ratio)} (ratio ${intervalText({ low, high, confidence })})`;
  return `the last days of ${counted(changed.a.size, 'host')} are back where they were before it: ${figures}, less than half of the change`;
}

/** `backText` by the days as they are stored; null for noise. */
export async function hasGone(db: PrismaClient, finding: StoredFinding, today: number): Promise<string | null> {
  const { movement, tries } = finding;
  if (movement.kind === 'noise') return null;
  const [rows, beside] = [
    await daysOf(db, finding, movement.hosts, today),
    await daysOf(db, finding, tries.at(-1)?.controlHosts ?? [], today),
  ];
  const facts = await loadFacts(db, [...new Set([...rows, ...beside].map(({ bootStateHash }) => bootStateHash))]);
  return backText(finding, rows, beside, facts);
}
