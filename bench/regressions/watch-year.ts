// Night after night of a fleet through the look's own code: candidates, which finding each is, what becomes of it. Only what a look reads from the
// database is kept here instead, and fresh runs are drawn from the generator, as a re-run would be.
import type { FindingMovement } from '#contracts';
import { type Finding, type FindingCommand, findingDecider, type KnownFinding, mostTries } from '#lifecycle';
import { compareWithControl, type RunsByHost, verdictOf } from '#stats';
import type { Facts } from '../../apps/coordinator/src/compare/facts.js';
import {
  type Candidate,
  dateOf,
  dayOf,
  seenIn,
  spreadDays,
} from '../../apps/coordinator/src/regressions/candidates.js';
import { pickHosts, type Seen } from '../../apps/coordinator/src/regressions/choose-runs.js';
import { type Sightings, sightingsOf } from '../../apps/coordinator/src/regressions/find-movements.js';
import { baselineFrom } from '../../apps/coordinator/src/regressions/finding-questions.js';
import { backText, type DayRow, lateDays } from '../../apps/coordinator/src/regressions/has-gone.js';
import type { StoredFinding } from '../../apps/coordinator/src/regressions/known-findings.js';
import { revised, revisionText } from '../../apps/coordinator/src/regressions/match-findings.js';
import { calmedBy, nextStep } from '../../apps/coordinator/src/regressions/next-step.js';
import { type Apart, tellApart } from '../../apps/coordinator/src/regressions/tell-apart.js';
import type { WatchedSeries } from '../../apps/coordinator/src/regressions/watched-series.js';
import type { Course, fleetYear } from './fleet-year.js';

type Year = ReturnType<typeof fleetYear>;
type Shifts = Sightings['shifts'];

const dayMs = 86_400_000;
const freshRuns = 10;
const margin = 0.01;
const looksAYear = 365;

export interface Report {
  kind: FindingMovement['kind'];
  hosts: readonly string[];
  direction: 'up' | 'down';
  ratio: number;
  /** Nights. */
  fromDay: number;
  toDay: number;
  /** When it was first seen, and when it was confirmed; null: it never was. */
  seenNight: number;
  confirmedNight: number | null;
  tries: number;
  /** How it ended by the end of the year; null: it is there. */
  ended: 'resolved' | 'withdrawn' | null;
}

interface Kept {
  finding: StoredFinding;
  seenNight: number;
  confirmedNight: number | null;
}

/** The findings of a fleet, each decided as on its stream. */
class Findings {
  readonly all = new Map<string, Kept>();

  get known(): StoredFinding[] {
    return [...this.all.values()].map(({ finding }) => finding);
  }

  tell(findingId: string, command: FindingCommand, night: number): StoredFinding {
    const before = this.all.get(findingId);
    const events = findingDecider.decide(command, before?.finding ?? 'new');
    const state = events.reduce<Finding>(findingDecider.evolve, before?.finding ?? 'new') as KnownFinding;
    const types = new Set(events.map(({ type }) => type));
    const ended = types.has('RegressionResolved') || state.wentAway ? night : null;
    const finding = {
      ...state,
      lastAskedMs: types.has('ConfirmationAsked') ? night * dayMs : (before?.finding.lastAskedMs ?? null),
      endedDay: state.resolved || state.wentAway ? (before?.finding.endedDay ?? ended) : null,
    };
    const confirmedNight = before?.confirmedNight ?? (state.confirmed ? night : null);
    this.all.set(findingId, { finding, seenNight: before?.seenNight ?? night, confirmedNight });
    return finding;
  }
}

/** What the fleet was up to a night, as a look reads it. */
class Fleet {
  readonly series = new Map<string, WatchedSeries>();
  readonly courses = new Map<string, Course>();
  /** By host and boot state: a segment that has ended shows what it showed at its end. */
  readonly #shifts = new Map<string, Map<string, Shifts>>();

  constructor(readonly year: Year) {}

  /** @returns the hosts that were measured in a night */
  take(night: number): string[] {
    const oldest = night - spreadDays;
    return this.year.history.courses.flatMap((course) => {
      const told = this.year.nightOf(course, night);
      if (told === null) return [];
      const { hostId } = course.tenure;
      const { bootStateHash } = course.bootAt(night);
      this.courses.set(hostId, course);
      const empty = { hostId, executor: 'simulator', provenance: 'simulated', probe: 'pf', metric: 'u2k' } as const;
      const before = this.series.get(hostId) ?? { ...empty, segments: [], spread: [] };
      const own = before.segments.find((one) => one.bootStateHash === bootStateHash);
      const segment = {
        ...{ bootStateHash, inNs: true },
        days: [...(own?.days ?? []), night],
        levels: [...(own?.levels ?? []), told.level],
      };
      const segments = [...before.segments.filter((one) => one !== own), segment];
      const spread = [...before.spread, { bootStateHash, day: night, runSd: told.runSd }];
      this.series.set(hostId, { ...before, segments, spread: spread.filter(({ day }) => day >= oldest) });
      return [hostId];
    });
  }

  async sightings(hosts: readonly string[], facts: ReadonlyMap<string, Facts>): Promise<Sightings> {
    const current = hosts.flatMap((host) => {
      const series = this.series.get(host);
      return series === undefined ? [] : [{ ...series, segments: series.segments.slice(-1) }];
    });
    const seen = await sightingsOf(current, facts, { back: false, looksAYear });
    for (const { hostId, segments } of current) {
      const own = this.#shifts.get(hostId) ?? new Map<string, Shifts>();
      const hash = segments[0]?.bootStateHash ?? '';
      this.#shifts.set(hostId, own);
      own.set(
        hash,
        seen.shifts.filter(({ key }) => key.hostId === hostId),
      );
    }
    const whole = (hostId: string): WatchedSeries => this.series.get(hostId) as WatchedSeries;
    return {
      shifts: [...this.#shifts].flatMap(([hostId, own]) =>
        [...own.values()].flat().map((shift) => ({ ...shift, key: whole(hostId) })),
      ),
      spreads: seen.spreads.map((one) => ({ ...one, series: whole(one.series.hostId) })),
      tooShort: seen.tooShort,
    };
  }

  /** Days of hosts, each under its boot state. */
  rows(hosts: readonly string[], wanted: (day: number) => boolean): DayRow[] {
    return hosts.flatMap((hostId) =>
      (this.series.get(hostId)?.segments ?? []).flatMap(({ bootStateHash, days, levels }) =>
        days.flatMap((day, i) => (wanted(day) ? [{ hostId, bootStateHash, day, level: levels[i] ?? 0 }] : [])),
      ),
    );
  }
}

/** Whether fresh runs bear a finding out: against the days before it, under the boot state that its hosts have now. */
function freshRunsSay(
  fleet: Fleet,
  night: number,
  { movement, tries }: StoredFinding,
): 'slower' | 'faster' | 'equal' | 'inconclusive' {
  const asked = tries.at(-1);
  const [since, until] = [dayOf(baselineFrom(movement)), dayOf(movement.fromDay)];
  const sides = (hosts: readonly string[]): { a: RunsByHost; b: RunsByHost } => {
    const [a, b] = [new Map<string, number[]>(), new Map<string, number[]>()];
    for (const host of hosts) {
      const course = fleet.courses.get(host);
      const hash = course?.bootAt(night).bootStateHash;
      const days = fleet.rows([host], (day) => since <= day && day < until);
      const before = days.filter(({ bootStateHash }) => bootStateHash === hash).map(({ level }) => level);
      if (course === undefined || before.length === 0 || before.length < days.length) continue;
      a.set(host, before);
      b.set(host, fleet.year.runsOf(course, night, freshRuns));
    }
    return { a, b };
  };
  const [moved, control] = [sides(asked?.hosts ?? []), sides(asked?.controlHosts ?? [])];
  // A host that has another boot state by now is refused, as in every comparison.
  if (moved.a.size < (asked?.hosts.length ?? 0) || control.a.size < 3) return 'inconclusive';
  return verdictOf(compareWithControl(moved, control, 1 - 0.05 / mostTries), margin);
}

function reportOf({ finding, seenNight, confirmedNight }: Kept): Report {
  const { kind, hosts, direction, ratio, fromDay, toDay } = finding.movement;
  const ended = finding.withdrawn ? 'withdrawn' : finding.resolved ? 'resolved' : null;
  const dated = { fromDay: dayOf(fromDay), toDay: dayOf(toDay) };
  return { kind, hosts, direction, ratio, ...dated, seenNight, confirmedNight, tries: finding.tries.length, ended };
}

/** Every finding of a year, confirmed or not. */
export async function watchYear(year: Year, nights: number, facts: ReadonlyMap<string, Facts>) {
  const fleet = new Fleet(year);
  const findings = new Findings();
  let looks = 0;
  for (let night = 0; night < nights; night += 1) {
    const here = fleet.take(night);
    looks += here.length;
    const nowMs = night * dayMs + dayMs / 2;
    const sightings = await fleet.sightings(here, facts);
    const series = [...fleet.series.values()];
    const candidates = seenIn(sightings, series, { sinceMs: nowMs, nowMs });
    const { told, parts } = tellApart(candidates, findings.known);
    const seen = new Set<string>();
    for (const one of told) seen.add(tellOf(findings, one, night));
    for (const { finding, reason } of parts) findings.tell(finding.findingId, { type: 'withdraw', reason }, night);
    const unsettled = new Set([
      ...candidates.flatMap(({ movement }) => movement.hosts),
      ...sightings.spreads.map((one) => one.series.hostId),
    ]);
    const look = { fleet: series, facts, unsettled, alive: new Set(here) };
    for (const finding of findings.known) tend(fleet, findings, finding, look, candidates, seen, nowMs);
  }
  const all = [...findings.all.values()];
  const candidates = all.filter(({ finding }) => finding.movement.kind !== 'noise').length;
  return { reports: all.map(reportOf), looks, candidates };
}

function tellOf(
  findings: Findings,
  { candidate, same, without }: Apart<StoredFinding>['told'][number],
  night: number,
): string {
  const now = { ...candidate.movement, firstRuns: [], common: [], suspects: [], generations: [] };
  const movement = same === null || same.withdrawn ? now : revised(same.movement, now, without);
  const findingId = same?.findingId ?? `finding-${findings.all.size + 1}`;
  const reason = same === null ? 'a look found it' : revisionText(same.movement, movement);
  const basis = { from: movement.fromDay, to: dateOf(Math.min(dayOf(movement.toDay) + 14, night) - 1), digest: '' };
  findings.tell(findingId, { type: 'see', findingId, movement, basis, reason }, night);
  return findingId;
}

function tend(
  fleet: Fleet,
  findings: Findings,
  finding: StoredFinding,
  look: Seen,
  candidates: readonly Candidate[],
  seen: ReadonlySet<string>,
  nowMs: number,
): void {
  const night = Math.floor(nowMs / dayMs);
  const { findingId, movement, tries } = finding;
  const [since, from] = [dayOf(baselineFrom(movement)), dayOf(movement.fromDay)];
  const wanted = (day: number): boolean => (since <= day && day < from) || day >= night - lateDays;
  const back = (): string | null => {
    if (movement.kind === 'noise' || finding.resolved || finding.withdrawn) return null;
    const beside = fleet.rows(tries.at(-1)?.controlHosts ?? [], wanted);
    return backText(finding, fleet.rows(movement.hosts, wanted), beside, look.facts);
  };
  const gone = calmedBy(finding, candidates) ?? back();
  const next = nextStep(finding, { seen: seen.has(findingId), undone: null, gone, nowMs });
  if (next === null) return;
  if (next !== 'measure') {
    findings.tell(findingId, next, night);
    return;
  }
  const choice = pickHosts(movement, look);
  if ('heldUp' in choice) return;
  const jobId = `${findingId}/${tries.length + 1}`;
  const asked = findings.tell(findingId, { type: 'askConfirmation', jobId, faults: 1_000, ...choice }, night);
  const verdict = freshRunsSay(fleet, night, asked);
  const nothing = { ratio: null, interval: null, method: null, runs: 0, reason: 'drawn' };
  const figures = { verdict, ...nothing, hosts: choice.hosts.length, controlHosts: choice.controlHosts.length };
  findings.tell(findingId, { type: 'judge', jobId, figures }, night);
}
