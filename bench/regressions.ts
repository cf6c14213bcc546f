// npm run bench:regressions [-- --seeds 20|101-120 --only story|null|speed]: what is reported of the demo's story, whose answer key is known, and of a
// fleet in which nothing happens, by nightly looks over a year through the look's own code. bench/results/regressions.json. Days' levels are drawn from the simulator's own
// parameters and confirmations from the same generator: nothing here was measured.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { bootFieldsOf, deriveLabels } from '#contracts';
import { demoDefaults, type StoryItem } from '#demo-history';
import { lookForShifts } from '#stats';
import { factsOf } from '../apps/coordinator/src/compare/facts.js';
import { type Border } from '../apps/coordinator/src/trends/borders.js';
import { knownChanges } from '../apps/coordinator/src/trends/known-changes.js';
import { normalDeviates } from '../libs/stats/src/normal-deviates.js';
import { fleetYear, type History } from './regressions/fleet-year.js';
import { type Report, watchYear } from './regressions/watch-year.js';
import { keepReport } from './report.js';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '20' }, only: { type: 'string' } } });
const [from = 1, to = from] = values.seeds.includes('-')
  ? values.seeds.split('-').map(Number)
  : [1, Number(values.seeds)];
const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i);
const asked = (part: string): boolean => values.only === undefined || values.only === part;
const until = '2026-11-25';
const dayMs = 86_400_000;

function bordersOf({ courses }: History): Border[] {
  const byHost = new Map<string, History['courses'][number][]>();
  for (const course of courses) byHost.set(course.tenure.hostId, [...(byHost.get(course.tenure.hostId) ?? []), course]);
  return [...byHost].flatMap(([hostId, own]) => {
    const boots = own.flatMap((course) => course.boots).sort((a, b) => a.night - b.night);
    return boots.slice(1).map((boot, i) => ({
      ...{
        hostId,
        executor: 'simulator',
        provenance: 'simulated',
        before: boots[i]?.bootStateHash ?? '',
        after: boot.bootStateHash,
      },
      ...{ lastBeforeMs: (boot.night - 1) * dayMs, atMs: boot.night * dayMs },
    }));
  });
}

function factsByHash({ courses }: History) {
  return new Map(
    courses.flatMap(({ tenure, boots }) =>
      boots.map(({ bootState, bootStateHash }) => [
        bootStateHash,
        factsOf({
          labels: deriveLabels(tenure.hostId, {}, bootState, 'simulated'),
          fields: bootFieldsOf(bootState),
          command_line: bootState.kernelCommandLine,
        }),
      ]),
    ),
  );
}

/** The field that names a known item of the story. */
const fieldOf: Partial<Record<StoryItem['kind'], string>> = {
  ...{
    'kernel-update': 'kernel',
    'microcode-update': 'microcode',
    'bios-change': 'fact.bios',
    'kpti-on': 'kpti',
    'host-swapped': 'generation',
  },
};

/** Whether a known item is named, by its hosts and their nights. */
function isNamed(item: StoryItem, changes: ReturnType<typeof knownChanges>): boolean {
  const field = fieldOf[item.kind];
  return item.hosts.every(({ hostId, night }) =>
    changes.some(
      ({ fields, borders }) =>
        fields.some((one) => one.field === field) &&
        borders.some((one) => one.hostId === hostId && one.atMs === night * dayMs),
    ),
  );
}

async function story(seed: number) {
  const year = fleetYear({ ...demoDefaults, seed, until });
  const { story: key } = year.history;
  const { reports, looks } = await watchYear(year, demoDefaults.days, factsByHash(year.history));
  const confirmed = reports.filter(({ confirmedNight }) => confirmedNight !== null);
  const told = confirmed.filter(({ ended }) => ended !== 'withdrawn');
  const item = (kind: StoryItem['kind']) => key.items.find((one) => one.kind === kind);
  const [step, creep, dying] = [item('regression-step'), item('regression-creep'), item('dying-host')];
  const hostsOf = (one: StoryItem | undefined): string[] => one?.hosts.map(({ hostId }) => hostId) ?? [];
  const touches = (report: Report, one: StoryItem | undefined): boolean =>
    report.hosts.some((host) => hostsOf(one).includes(host));
  const ofStep = told.filter(
    (one) => one.kind !== 'noise' && touches(one, step) && Math.abs(one.fromDay - (step?.night ?? -99)) < 15,
  );
  const ofCreep = told.filter(
    (one) =>
      one.kind !== 'noise' &&
      touches(one, creep) &&
      !ofStep.includes(one) &&
      one.direction === 'up' &&
      one.toDay >= (creep?.night ?? 0) &&
      one.fromDay <= (creep?.lastNight ?? 0),
  );
  const ofDying = told.filter((one) => one.kind === 'noise' && touches(one, dying));
  const other = told.filter((one) => ![...ofStep, ...ofCreep, ...ofDying].includes(one));
  const changes = knownChanges(bordersOf(year.history), factsByHash(year.history));
  const known = key.items.filter((one) => fieldOf[one.kind] !== undefined && one.known);
  const [only] = ofStep;
  return {
    ...{ seed, looks, unconfirmed: reports.length - confirmed.length },
    withdrawnAfterReport: confirmed.filter(({ ended }) => ended === 'withdrawn'),
    step: {
      planted: step?.change,
      night: step?.night,
      reports: ofStep.length,
      dated: ofStep.map(({ fromDay, toDay, seenNight, hosts }) => ({ fromDay, toDay, seenNight, hosts: hosts.length })),
    },
    stepFound: ofStep.length > 0,
    stepToTheDay:
      ofStep.length === 1 && only?.kind === 'step' && only.fromDay === step?.night && only.toDay === step.night,
    creepAsInterval: ofCreep.length === 1 && ofCreep[0]?.kind === 'creep',
    creep: {
      planted: [creep?.night, creep?.lastNight],
      told: ofCreep.map(({ kind, fromDay, toDay }) => [kind, fromDay, toDay]),
    },
    dyingAsNoise: ofDying.length > 0,
    dying: { night: dying?.night, told: ofDying.map(({ fromDay, ratio }) => [fromDay, ratio]) },
    knownNamed: known.filter((one) => isNamed(one, changes)).length === known.length,
    swapAsAnotherMachine:
      changes.filter(({ kind }) => kind === 'another-machine').length ===
      key.items.filter(({ kind }) => kind === 'host-swapped').length,
    nothingElse: other.length === 0,
    other,
  };
}

/** A fleet of 60 hosts with the demo's noise, boots, drift and restless weekdays, in which nothing happens for a year. */
async function quiet(seed: number) {
  const year = fleetYear({ ...demoDefaults, hosts: 60, days: 365, seed: seed + 1_000, until }, { quiet: true });
  const { reports, looks, candidates } = await watchYear(year, 365, factsByHash(year.history));
  const told = reports.filter(({ confirmedNight }) => confirmedNight !== null);
  return { seed, looks, candidates, reported: told.length, told };
}

function speed() {
  const next = normalDeviates(3);
  const series = Array.from({ length: 10_000 }, () => ({
    days: Array.from({ length: 100 }, (_, day) => day),
    levels: Array.from({ length: 100 }, () => 100 * Math.exp(0.014 * next())),
  }));
  const began = performance.now();
  series.forEach((one) => lookForShifts(one));
  return { night10000SeriesSeconds: Math.round(performance.now() - began) / 1_000 };
}

async function each<T>(part: string, of: (seed: number) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (const seed of asked(part) ? seeds : []) {
    const one = await of(seed);
    process.stderr.write(`${part} ${JSON.stringify(one)}\n`);
    all.push(one);
  }
  return all;
}
const stories = await each('story', story);
const years = await each('null', quiet);
const share = (test: (one: Awaited<ReturnType<typeof story>>) => boolean): string =>
  `${stories.filter(test).length} of ${stories.length}`;
// Seeds that nothing was tuned with have a file of their own.
await keepReport(values.seeds.includes('-') ? `regressions-${values.seeds}` : 'regressions', {
  load: loadavg()[0],
  simulated: 'days and confirmations are drawn from the simulator’s parameters; nothing was measured',
  story: {
    stepFound: share((one) => one.stepFound),
    stepToTheDay: share((one) => one.stepToTheDay),
    creepAsInterval: share((one) => one.creepAsInterval),
    dyingAsNoise: share((one) => one.dyingAsNoise),
    knownNamed: share((one) => one.knownNamed),
    swapAsAnotherMachine: share((one) => one.swapAsAnotherMachine),
    nothingElse: share((one) => one.nothingElse),
  },
  nothingPlanted: {
    hosts: 60,
    candidatesAYear: years.reduce((sum, { candidates }) => sum + candidates, 0) / Math.max(1, years.length),
    reportedAYear: years.reduce((sum, { reported }) => sum + reported, 0) / Math.max(1, years.length),
  },
  speed: asked('speed') ? speed() : null,
  stories,
  years,
});
