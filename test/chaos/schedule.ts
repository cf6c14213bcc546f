import { Dice } from './dice.js';
import { faultKindNames, traitsOf, type FaultKind, type TargetKind } from './fault-kinds.js';

export interface Fault {
  /** From the moment at which the first job is in. */
  atMs: number;
  kind: FaultKind;
  /** `coordinator-1`, `worker-2`, `postgres`, `queue` or `redis`. */
  target: string;
  forMs: number;
  /** Milliseconds by which a clock is off; 0 for other kinds. */
  stepMs: number;
}

export interface ScheduleOptions {
  seed: number;
  /** How long faults go on; the last ends by then. */
  windowMs: number;
  coordinators: number;
  workers: number;
  queue: 'postgres' | 'redis';
  /** Kinds to draw from; left out, all that have a weight. */
  kinds?: readonly FaultKind[] | undefined;
}

const gapMs = [400, 3_600] as const;
const longestStepMs = 3_600_000;

function targetsOf(kind: TargetKind, { coordinators, workers, queue }: ScheduleOptions): string[] {
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);
  if (kind === 'coordinator') return numbered(coordinators);
  if (kind === 'worker') return numbered(workers);
  if (kind === 'redis') return queue === 'redis' ? ['redis'] : [];
  return [kind];
}

/** Kind and target of everything that can happen in this fleet, each kind as often as it weighs. */
function choices(options: ScheduleOptions): Pick<Fault, 'kind' | 'target'>[] {
  const kinds = options.kinds ?? faultKindNames;
  return kinds.flatMap((kind) => {
    const { targets, weight } = traitsOf(kind);
    const aims = targets.flatMap((target) => targetsOf(target, options)).map((target) => ({ kind, target }));
    const times = options.kinds === undefined ? weight : Math.max(1, weight);
    return Array.from({ length: times }, () => aims).flat();
  });
}

/**
 * The faults of a run, in the order in which they strike. The same seed and options give the same schedule. A target
 * that is still under one fault is not hit by another; different ones may well be at the same time.
 */
export function drawSchedule(options: ScheduleOptions): Fault[] {
  const dice = new Dice(options.seed, 'schedule');
  const all = choices(options);
  if (all.length === 0) throw new Error('kinds: none of them can happen in this fleet; name others');
  const freeFromMs = new Map<string, number>();
  const faults: Fault[] = [];
  for (let atMs = dice.between(...gapMs); atMs < options.windowMs; atMs += dice.between(...gapMs)) {
    const { kind, target } = dice.pick(all);
    const wantedMs = dice.between(...traitsOf(kind).forMs);
    const stepMs = kind === 'clock-stepped' ? dice.between(-longestStepMs, longestStepMs) : 0;
    if ((freeFromMs.get(target) ?? 0) > atMs) continue;
    const forMs = Math.min(wantedMs, options.windowMs - atMs);
    freeFromMs.set(target, atMs + forMs);
    faults.push({ atMs, kind, target, forMs, stepMs });
  }
  return faults;
}

export function faultText({ atMs, kind, target, forMs, stepMs }: Fault): string {
  const at = `${(atMs / 1_000).toFixed(1).padStart(6)} s`;
  const lasting = forMs > 0 ? ` for ${(forMs / 1_000).toFixed(1)} s` : '';
  const by = stepMs === 0 ? '' : ` by ${Math.round(stepMs / 1_000)} s`;
  return `${at}  ${kind} ${target}${by}${lasting}`;
}
