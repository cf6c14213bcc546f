import { type BootState, demoLabel, type HostDescription } from '#contracts';
import {
  bootFactor,
  driftFactors,
  hostFactor,
  type NoiseConditions,
  seedOf,
  simulatedBootState,
  type SimulatedMachine,
  simulatedMachines,
} from '#entry-sim';
import { hashBootState } from '#lifecycle';
import { demoId } from '../ids.js';
import { nightStart } from '../options.js';
import {
  type BootChange,
  firstBios,
  firstKernel,
  firstMicrocode,
  type Story,
  type StoryItem,
  type Tenure,
} from '../story/story.js';

/** A host from one boot to the next. */
export interface Boot {
  /** The night from which it holds. */
  night: number;
  bootId: string;
  machine: SimulatedMachine;
  bootState: BootState;
  bootStateHash: string;
  description: HostDescription;
  /** What this boot alone makes of both windows. */
  factor: number;
}

/** What becomes of one tenure: its boots, and what is the matter with the machine on each night. */
export interface HostCourse {
  tenure: Tenure;
  /** The factor that the machine carries for good. */
  hostFactor: number;
  boots: Boot[];
  bootAt(night: number): Boot;
  conditionsAt(night: number): NoiseConditions;
}

type Settings = Required<BootChange>;

function bootOf(night: number, { hostId, slot, machine: name }: Tenure, settings: Settings, seed: number): Boot {
  const model = simulatedMachines[name];
  if (model === undefined) throw new Error(`the story names a machine that is not simulated: ${name}`);
  const { kernelRelease, kpti, microcode, bios } = settings;
  const kernelCommandLine = kpti
    ? model.kernelCommandLine.replace('mitigations=off', 'mitigations=off pti=on')
    : model.kernelCommandLine;
  const machine = { ...model, kernelRelease, kpti, kernelCommandLine };
  const simulated = simulatedBootState(machine);
  const bootState = { ...simulated, microcode, extra: { ...simulated.extra, bios, ...demoLabel } };
  return {
    ...{
      night,
      bootId: demoId('boot', seed, hostId, night),
      machine,
      bootState,
      bootStateHash: hashBootState(bootState),
    },
    description: {
      ...{ hostId, bootState, labels: { ...demoLabel, rack: slot.rack } },
      capabilities: [{ executor: 'simulator', probes: ['pf'], provenance: 'simulated' }],
    },
    factor: bootFactor(seedOf('boot', seed, hostId, name, night)),
  };
}

const isWeekday = (start: Date): boolean => start.getUTCDay() >= 1 && start.getUTCDay() <= 5;

/** How far something that comes about from `night` to `lastNight` has come, from 0 to 1. */
function progress({ night: first, lastNight }: StoryItem, night: number): number {
  if (night < first) return 0;
  return Math.min(1, (night - first + 1) / (lastNight - first + 1));
}

/** The night from which an item of the story holds for a tenure, or null. A kernel is there from the first day on. */
function beginning({ kind, hosts, boot, night, lastNight }: StoryItem, { hostId, from, to }: Tenure): number | null {
  const own = hosts.find((host) => host.hostId === hostId && from < host.night && host.night < to);
  if (own !== undefined) return own.night;
  const delivered = kind === 'kernel-update' && boot !== null && lastNight < from && night < from;
  return delivered ? from : null;
}

export function courseOf(story: Story, tenure: Tenure): HostCourse {
  const { days, seed } = story.options;
  const { hostId, machine, from } = tenure;
  const touching = story.items.flatMap((item) => {
    const since = beginning(item, tenure);
    return since === null ? [] : [{ item, since }];
  });
  const settings: Settings = { kernelRelease: firstKernel, microcode: firstMicrocode, bios: firstBios, kpti: false };
  const nights = [...new Set([from, ...touching.flatMap(({ item, since }) => (item.boot === null ? [] : [since]))])];
  const boots = nights
    .sort((a, b) => a - b)
    .map((night) => {
      for (const { item, since } of touching) if (since <= night) Object.assign(settings, item.boot);
      return bootOf(night, tenure, { ...settings }, seed);
    });
  const forGood = hostFactor(seedOf('host', seed, hostId, machine));
  const drift = driftFactors(days, seedOf('drift', seed, hostId, machine));
  const bootAt = (night: number): Boot =>
    boots[boots.filter((boot) => boot.night <= night).length - 1] ?? (boots[0] as Boot);

  const conditionsAt = (night: number): NoiseConditions => {
    let level = forGood * bootAt(night).factor * (drift[night] ?? 1);
    let unrest = 1;
    if (isWeekday(nightStart(story.options, night))) {
      level *= 1 + story.weekday.change;
      unrest *= story.weekday.unrest;
    }
    for (const { item, since } of touching) {
      if (night < since) continue;
      const come = item.kind === 'regression-creep' || item.kind === 'dying-host' ? progress(item, night) : 1;
      if (item.change !== null) level *= 1 + come * item.change;
      if (item.unrest !== null) unrest *= 1 + come * (item.unrest - 1);
    }
    return { level, unrest };
  };
  return { tenure, hostFactor: forGood, boots, bootAt, conditionsAt };
}
