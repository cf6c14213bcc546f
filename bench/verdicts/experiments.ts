// Experiments whose truth is known, drawn and judged: what bench/verdicts.ts counts.
import { compareQuerySchema, type Comparison } from '#contracts';
import { clockStep, median, summarize, tallyOf, varianceComponents } from '#stats';
import { judge } from '../../apps/coordinator/src/compare/judge.js';
import type { Replicate, Side } from '../../apps/coordinator/src/compare/side.js';
import { orderRuns } from '../../libs/lifecycle/src/order-runs.js';
import { normalDeviates } from '../../libs/stats/src/normal-deviates.js';

export const margin = 0.01;
export const runSd = 0.02;
const level = 1_000_000;
export const deviate = normalDeviates(20_261_126);
/** Evenly from 0 to 1. */
const share = (): number => (1e6 * Math.abs(deviate())) % 1;
export const query = compareQuerySchema.parse({ a: 'x=a', b: 'x=b', metric: 'u2k', margin });

/** One drawn run: its host, its level as a factor, when it ended. */
interface Drawn {
  host: string;
  factor: number;
  at: number;
  boot?: string;
}

const facts = { executor: 'stock-host', virt: 'bare', kpti: 'off' };

export function sideOf(name: 'a' | 'b', drawn: readonly Drawn[], { step = 1, base = level }): Side {
  const runs = drawn.map(({ host, factor, at, boot = null }, i): Replicate => {
    const cycles = Math.max(step, Math.round((base * factor) / step) * step);
    return {
      ...{
        runId: `${name}${i}`,
        hostId: host,
        provenance: 'measured',
        facts,
        draw: null,
        noisy: false,
      },
      ...{
        endedAtMs: at,
        p50Cycles: cycles,
        minCycles: cycles - step * (i % 3),
        maxCycles: cycles + step * (5 + (i % 7)),
      },
      ...{ tscKhz: 2_300_000, samples: 1_000, bootId: boot },
    };
  });
  return { selector: `x=${name}`, namesHosts: false, runs, copies: 0, cut: false };
}

export const independent = (host: string, runs: number, factor: number, sd = runSd): Drawn[] =>
  Array.from({ length: runs }, (_, i) => ({ host, factor: factor * Math.exp(sd * deviate()), at: (i + 0.5) / runs }));

export const many = <T>(count: number, one: (index: number) => T[]): T[] =>
  Array.from({ length: count }, (_, i) => one(i)).flat();

interface KindCell {
  hosts: number;
  runs: number;
  hostSd: number;
  ratio: number;
  step?: number;
  base?: number;
  unequal?: boolean;
}

/** New hosts on each side. */
export function kinds({ hosts, runs, hostSd, ratio, unequal = false, ...clock }: KindCell): Comparison {
  const side = (name: 'a' | 'b', factor: number): Side =>
    sideOf(
      name,
      many(hosts, (i) => {
        const own = unequal ? ((i % 2 === 0) === (name === 'a') ? 2 * runs : runs) : runs;
        return independent(`${name}${i}`, own, factor * Math.exp(hostSd * deviate()));
      }),
      clock,
    );
  return judge(query, side('a', 1), side('b', ratio));
}

/** The same hosts on both sides. */
export function sameHosts(hosts: number, runs: number, hostSd: number, ratio: number): Comparison {
  const levels = Array.from({ length: hosts }, () => Math.exp(hostSd * deviate()));
  const side = (name: 'a' | 'b', factor: number): Side =>
    sideOf(
      name,
      many(hosts, (i) => independent(`h${i}`, runs, factor * (levels[i] ?? 1))),
      {},
    );
  return judge(query, side('a', 1), side('b', ratio));
}

function autocorrelated(length: number): number[] {
  const series = [runSd * deviate()];
  while (series.length < length) series.push(0.7 * (series.at(-1) ?? 0) + Math.sqrt(1 - 0.49) * runSd * deviate());
  return series;
}

/** Which of a host's runs belong to b, in the order in which a job queues them. */
export function inBlocks(runs: number): boolean[] {
  const group = (b: boolean) => Array.from({ length: runs }, () => ({ hostId: 'h', b }));
  return orderRuns([group(false), group(true)], 'interleaved', Math.floor(1e9 * deviate())).map(({ b }) => b);
}

/** Drift of AR(1) 0.7 on each host, nothing else; which runs belong to b is drawn for each host. */
export function drifting(hosts: number, runs: number, sides: () => boolean[]): Comparison {
  const drawn = many(hosts, (host) => {
    const inB = sides();
    return autocorrelated(2 * runs).map((drift, at) => ({
      ...{ host: `h${host}`, factor: Math.exp(drift), at, b: inB[at] === true },
    }));
  });
  const [a, b] = [drawn.filter((one) => !one.b), drawn.filter((one) => one.b)];
  return judge(query, sideOf('a', a, {}), sideOf('b', b, {}));
}

/** The same drift, half of it shared by all hosts, all of a before b, with control hosts beside. */
export function controlled(hosts: number, controls: number, runs: number, ratio: number): Comparison {
  const shared = autocorrelated(2 * runs);
  const group = (name: string, count: number, effect: number): Drawn[] =>
    many(count, (host) => {
      const own = autocorrelated(2 * runs);
      return shared.map((drift, at) => ({
        ...{ host: `${name}${host}`, at },
        factor: Math.exp(drift + (own[at] ?? 0) / 2) * (at >= runs ? effect : 1),
      }));
    });
  const [changed, still] = [group('h', hosts, ratio), group('c', controls, 1)];
  const [a, b] = [changed.filter(({ at }) => at < runs), changed.filter(({ at }) => at >= runs)];
  return judge(query, sideOf('a', a, {}), sideOf('b', b, {}), sideOf('a', still, {}));
}

/** Two named hosts of one level, ten runs each in one boot; the spread between boots that their earlier boots showed is known, or not. */
export function boots(bootSd: number, earlier: number): Comparison {
  const side = (name: 'a' | 'b'): Side => {
    const boot = (id: number): Drawn[] =>
      independent(`host-${name}`, 10, Math.exp(bootSd * deviate())).map((one) => ({ ...one, boot: String(id) }));
    const now = boot(0);
    const past = [now, ...Array.from({ length: earlier }, (_, id) => boot(id + 1))].flat();
    const known = varianceComponents(
      past.map(({ boot: of = '', factor }) => ({ segment: '', boot: of, day: '', log: Math.log(factor) })),
    );
    const sd = (one: (typeof known)['run']): number | null => (one === null ? null : Math.sqrt(one.variance));
    const row = {
      ...{ hostId: `host-${name}`, executor: facts.executor, probe: 'pf', metric: 'u2k', provenance: 'measured' },
      ...{ runs: past.length, boots: earlier + 1, days: 1, withinRunSd: 0.05, daySd: null, dayDegrees: 0 },
      ...{ runSd: sd(known.run), runDegrees: known.run?.degrees ?? 0 },
      ...{ bootSd: sd(known.boot), bootDegrees: known.boot?.degrees ?? 0 },
    };
    return { ...sideOf(name, now, {}), namesHosts: true, history: [row] };
  };
  return judge(query, side('a'), side('b'));
}

/** How the samples of a run lie about its level, as a factor: a spread about the level, or a narrow body with a tail of slow ones. */
export const spread = (sd: number) => (): number => Math.exp(sd * deviate());
export const bodyAndTail = (): number => Math.exp(0.002 * deviate()) * (share() < 0.3 ? 1 + share() : 1);

interface OnClocks {
  /** Step of each host's clock, in cycles. */
  steps: readonly number[];
  /** True level on this side, in cycles. */
  level: number;
  sampled: () => number;
  /** Whether a window's stamps fall anywhere between the clock's steps, or it rounds each cost to the nearest. */
  stamps: 'anywhere' | 'rounded';
  runSd: number;
  runs?: number;
}

/** Named hosts, each with a clock of its own step, and runs of 200 samples, kept as the read model keeps them. */
export function onClocks(name: 'a' | 'b', { steps, level, sampled, stamps, runSd: sd, runs = 10 }: OnClocks): Side {
  const drawn = many(steps.length, (host) => independent(`h${host}`, runs, 1, sd));
  const side = sideOf(name, drawn, {});
  const read = side.runs.map((run, i) => {
    const step = steps[Math.floor(i / runs)] ?? 1;
    const samples = Int32Array.from({ length: 200 }, () => {
      const cycles = level * (drawn[i]?.factor ?? 1) * sampled();
      return step * Math.floor(cycles / step + (stamps === 'anywhere' ? share() : 0.5));
    });
    const p50Cycles = median(samples) ?? 0;
    const { below, at } = tallyOf(samples, p50Cycles);
    const { min = 0, max = 0, p25 = 0, p75 = 0 } = summarize(samples) ?? {};
    const onClock = { stepCycles: clockStep(samples), belowP50: below, atP50: at, p25Cycles: p25, p75Cycles: p75 };
    return { ...run, p50Cycles, minCycles: min, maxCycles: max, samples: samples.length, onClock };
  });
  return { ...side, namesHosts: true, runs: read };
}
