import { type Candidate, dateOf, dayOf } from './candidates.js';
import { common, daysApart, maySame, type Told, undoes } from './match-findings.js';

/** A finding as matching needs it. */
export type Known = Told & { findingId: string; confirmed: boolean };

/** What one look has to say. */
export interface Apart<K extends Known> {
  /** A candidate and the finding that it is; null: a new one. `without`: hosts of the finding that prove to move otherwise. */
  told: { candidate: Candidate; same: K | null; without: string[] }[];
  /** Findings that proved to be parts of a creep, and why, in one sentence. */
  parts: { finding: K; reason: string }[];
}

/** Whether one candidate is the end of another, which this look tells of first. */
function endsOne(candidate: Candidate, other: Candidate): boolean {
  const movement = { ...other.movement, firstRuns: [], common: [], suspects: [], generations: [] };
  return undoes(candidate, { movement, endedDay: null, withdrawn: false }) && other.from < candidate.from;
}

/** Whether one look saw two changes in the same series: then they are two, however near they are. */
function inOneSeries(a: Candidate, b: Candidate): boolean {
  const [one, other] = [a.movement, b.movement];
  return (
    one.probe === other.probe &&
    one.metric === other.metric &&
    one.kind !== 'noise' &&
    one.hosts.some((host) => other.hosts.includes(host))
  );
}

const measuredAlike = ({ movement: one }: Candidate, { movement: other }: Told): boolean =>
  one.probe === other.probe && one.metric === other.metric;

/** Whether some hosts of a step prove to creep, while the others still show the step. */
const provesToCreep = (candidate: Candidate, finding: Told, others: readonly Candidate[]): boolean =>
  candidate.movement.kind === 'creep' &&
  finding.movement.kind === 'step' &&
  measuredAlike(candidate, finding) &&
  others.some(({ movement }) => movement.kind === 'step');

const daysOff = ({ movement }: Told, { from, to }: Candidate): number =>
  Math.abs(from - dayOf(movement.fromDay)) + Math.abs(to - dayOf(movement.toDay));

const isCreepAbout = (told: Told, candidate: Candidate): boolean =>
  told.movement.kind === 'creep' && !told.withdrawn && daysApart(told, candidate) === 0;

/** Of the pairs that may be the same, those with the most hosts in common first, then the nearest in time, then what was confirmed. */
function pairsOf<K extends Known>(candidates: readonly Candidate[], known: readonly K[]) {
  const pairs = candidates.flatMap((candidate) =>
    known
      .filter((told) => maySame(told, candidate))
      .map((finding) => ({
        ...{ candidate, finding },
        rank: [
          -common(finding, candidate),
          daysApart(finding, candidate),
          finding.withdrawn ? 1 : 0,
          finding.confirmed ? 0 : 1,
          daysOff(finding, candidate),
        ],
      })),
  );
  return pairs.sort((a, b) => a.rank.map((x, i) => x - (b.rank[i] ?? 0)).find((off) => off !== 0) ?? 0);
}

/** Findings of the same hosts that a creep has taken in: what looked like steps for some weeks was its rise. */
function partsOf<K extends Known>(known: readonly K[], candidate: Candidate, same: K | null, met: ReadonlySet<K>): K[] {
  if (candidate.movement.kind !== 'creep') return [];
  return known.filter(
    (finding) =>
      finding !== same &&
      !met.has(finding) &&
      finding.endedDay === null &&
      !finding.withdrawn &&
      maySame(finding, candidate) &&
      daysApart(finding, candidate) === 0 &&
      2 * common(finding, candidate) >= finding.movement.hosts.length,
  );
}

/** Runs that scatter less are no finding; where they did scatter more, they are the end of it. */
const isCalming = ({ movement }: Candidate): boolean => movement.kind === 'noise' && movement.direction === 'down';

/**
 * Which of tonight's candidates are what was told of before, and which are changes of their own. What undoes another change is its end and
 * not told. Two changes that one look saw in the same series are two findings, of which each is met by the candidate nearest to it; the
 * same change that part of a finding's hosts show otherwise is that finding still, and so is what is seen inside a creep. Hosts of a step that
 * prove to creep leave it.
 */
export function tellApart<K extends Known>(candidates: readonly Candidate[], known: readonly K[]): Apart<K> {
  const own = candidates.filter(
    (candidate) =>
      !isCalming(candidate) &&
      !known.some((one) => undoes(candidate, one)) &&
      !candidates.some((other) => endsOne(candidate, other)),
  );
  const same = new Map<Candidate, K>();
  const met = new Map<K, Candidate[]>();
  for (const { candidate, finding } of pairsOf(own, known)) {
    const others = met.get(finding) ?? [];
    const apart =
      provesToCreep(candidate, finding, others) ||
      (!isCreepAbout(finding, candidate) && others.some((other) => inOneSeries(other, candidate)));
    if (same.has(candidate) || apart) continue;
    same.set(candidate, finding);
    met.set(finding, [...others, candidate]);
  }
  const told = own.flatMap((candidate): Apart<K>['told'] => {
    const finding = same.get(candidate) ?? null;
    // Of several that are one finding the best match tells of it.
    if (finding === null) return [{ candidate, same: null, without: [] }];
    const others = met.get(finding) ?? [];
    if (others[0] !== candidate) return [];
    const creeping = own.filter((other) => !others.includes(other) && provesToCreep(other, finding, [candidate]));
    const near = creeping.filter((other) => daysApart(finding, other) === 0);
    return [{ candidate, same: finding, without: near.flatMap(({ movement }) => movement.hosts) }];
  });
  const parts = told.flatMap(({ candidate, same: finding }) =>
    partsOf(known, candidate, finding, new Set(met.keys())).map((part) => ({
      finding: part,
      reason: `it is part of a creep of the same hosts, from ${dateOf(candidate.from)} to ${dateOf(candidate.to)}`,
    })),
  );
  return { told, parts };
}
