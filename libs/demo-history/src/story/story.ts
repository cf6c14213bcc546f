import { dateOf, type DemoOptions } from '../options.js';
import { drawStory } from './draw-story.js';
import { Draws } from './draws.js';
import { generations, hostName, makeSlots, type Slot } from './fleet.js';

export type StoryKind =
  | 'generation-joins'
  | 'generation-leaves'
  | 'kernel-update'
  | 'microcode-update'
  | 'bios-change'
  | 'kpti-on'
  | 'regression-step'
  | 'regression-creep'
  | 'outage'
  | 'dying-host'
  | 'host-swapped';

/** What changes in a host's boot state with an item of the story. */
export interface BootChange {
  kernelRelease?: string;
  microcode?: string;
  bios?: string;
  kpti?: boolean;
}

/** Something that happens. Nights count from 0, the first. */
export interface StoryItem {
  kind: StoryKind;
  what: string;
  /** The night from which it holds, and the last one that it takes to come about; the same where it comes at once. */
  night: number;
  lastNight: number;
  date: string;
  lastDate: string;
  /** Who is touched, and from which night each. */
  hosts: { hostId: string; night: number; date: string }[];
  generation: string | null;
  /** By how much both windows cost more from then on, as a share; null where the item is not of that sort. */
  change: number | null;
  /** Whether the boot state says so too. What it does not say nobody can know the cause of. */
  known: boolean;
  /** What the hosts report from then on. */
  boot: BootChange | null;
  /** How restless a dying host is at the end, as a factor on its spread. */
  unrest: number | null;
  /** The model that a swapped host is from then on. */
  machine: string | null;
}

/** A host's time in a slot. */
export interface Tenure {
  hostId: string;
  slot: Slot;
  machine: string;
  /** Nights `[from, to)`. */
  from: number;
  to: number;
}

export interface Story {
  options: DemoOptions;
  tenures: Tenure[];
  items: StoryItem[];
  /** What does not fit into so few days or hosts. */
  leftOut: { kind: StoryKind; why: string }[];
  /** From Monday's to Friday's night: a factor on the spread, and how much dearer both windows are, as a share. */
  weekday: { unrest: number; change: number };
}

/** From this length on there is a story to tell; shorter histories only know noise, losses and failures. */
const shortestStory = 60;
/** The kernels that every host goes through; what each costs beside the one before. */
const kernels = ['6.1.170-xperf', '6.1.178-xperf', '6.1.185-xperf', '6.1.192-xperf'] as const;
export const firstKernel = kernels[0];
export const firstMicrocode = '0x10';
export const firstBios = '2.1';

/** The story of a history. Pure: the same options give the same story. */
export function makeStory(options: DemoOptions): Story {
  const { days, hosts } = options;
  const draws = new Draws(options.seed);
  const slots = makeSlots(hosts);
  const items: StoryItem[] = [];
  const leftOut: Story['leftOut'] = [];
  const weekday = { unrest: 1 + draws.share(0.2, 0.6), change: draws.share(0.001, 0.005) };
  const tenures: Tenure[] = slots.map((slot) => ({
    ...{ hostId: hostName(slot.index, hosts), slot, machine: slot.machine, from: 0, to: days },
  }));

  const plain = { generation: null, change: null, known: true, boot: null, unrest: null, machine: null };
  const tell = (
    item: Partial<StoryItem> & Pick<StoryItem, 'kind' | 'what' | 'night'>,
    who: readonly { hostId: string; night: number }[],
  ): void => {
    const lastNight = item.lastNight ?? item.night;
    items.push({
      ...plain,
      ...item,
      lastNight,
      date: dateOf(options, item.night),
      lastDate: dateOf(options, lastNight),
      hosts: who.map(({ hostId, night }) => ({ hostId, night, date: dateOf(options, night) })),
    });
  };
  /** Hosts in place on a night, of a machine or in a rack. */
  const inPlace = (night: number, of: Partial<Pick<Slot, 'rack'> & { machine: string }>): Tenure[] =>
    tenures.filter(
      ({ from, to, machine, slot }) =>
        from <= night && night < to && (of.machine ?? machine) === machine && (of.rack ?? slot.rack) === slot.rack,
    );
  const at = (who: readonly Tenure[], night: number) => who.map(({ hostId }) => ({ hostId, night }));
  const percent = (share: number): string => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;

  if (days < shortestStory) {
    const why = `a history of ${days} days is too short for it; it needs ${shortestStory}`;
    const kinds: StoryKind[] = [
      ...(['generation-joins', 'generation-leaves', 'kernel-update', 'microcode-update', 'bios-change'] as const),
      ...(['kpti-on', 'regression-step', 'regression-creep', 'outage', 'dying-host', 'host-swapped'] as const),
    ];
    return { options, tenures, items, leftOut: kinds.map((kind) => ({ kind, why })), weekday };
  }

  const { waves, waveChange, joinNight, microcode, outage, biosNight, creep, step, kpti, swap, dying } = drawStory(
    draws,
    days,
  );

  const none = (kind: StoryKind, machine: string): void =>
    void leftOut.push({ kind, why: `with so few hosts there is no ${machine} to have it` });

  // Two generations join, in the places of one that leaves in two halves.
  const leaving = tenures.filter(({ machine }) => machine === generations.leaving);
  const half = Math.ceil(leaving.length / 2);
  [generations.firstToJoin, generations.secondToJoin].forEach((machine, turn) => {
    const night = joinNight[turn] ?? 0;
    const places = turn === 0 ? leaving.slice(0, half) : leaving.slice(half);
    const joined = places.map((old): Tenure => {
      old.to = night;
      const hostId = hostName(tenures.length, hosts);
      const tenure = { hostId, slot: old.slot, machine, from: night, to: days };
      tenures.push(tenure);
      return tenure;
    });
    if (joined.length === 0) return none('generation-joins', generations.leaving);
    tell(
      { kind: 'generation-joins', what: `${joined.length} hosts of ${machine} join`, night, generation: machine },
      at(joined, night),
    );
    if (turn === 0) return;
    const first = joinNight[0] ?? 0;
    tell(
      {
        ...{ kind: 'generation-leaves', what: `${generations.leaving} leaves in two halves` },
        ...{ night: first, lastNight: night, generation: generations.leaving },
      },
      leaving.map(({ hostId, to }) => ({ hostId, night: to })),
    );
  });
  if (leaving.length === 0) none('generation-leaves', generations.leaving);

  // A host is swapped: under its name stands another machine.
  const swappable = inPlace(swap.night, { machine: generations.regressing });
  const swapped = swappable[swap.host % Math.max(1, swappable.length)];
  if (swapped === undefined) none('host-swapped', generations.regressing);
  else {
    swapped.to = swap.night;
    const { hostId, slot } = swapped;
    tenures.push({ hostId, slot, machine: generations.swappedFor, from: swap.night, to: days });
    tell(
      {
        ...{ kind: 'host-swapped', night: swap.night, machine: generations.swappedFor },
        what: `${hostId}, a ${swapped.machine}, is a ${generations.swappedFor} from then on`,
      },
      at([swapped], swap.night),
    );
  }

  // Kernels go out rack by rack, in three waves.
  waves.night.forEach((night, update) => {
    const [gap, change, release] = [
      waves.gap[update] ?? 0,
      waveChange[update] ?? 0,
      kernels[update + 1] ?? firstKernel,
    ];
    const racks = [...new Set(slots.map(({ rack }) => rack))];
    const nightOf = (rack: string): number => night + gap * (racks.indexOf(rack) % 3);
    const who = tenures.filter(({ from, to, slot }) => from < nightOf(slot.rack) && nightOf(slot.rack) < to);
    tell(
      {
        ...{ kind: 'kernel-update', what: `kernel ${release}, ${percent(change)}`, night, change },
        ...{ lastNight: night + gap * Math.min(2, racks.length - 1), boot: { kernelRelease: release } },
      },
      who.map(({ hostId, slot }) => ({ hostId, night: nightOf(slot.rack) })),
    );
  });

  const patched = inPlace(microcode.night, { machine: generations.patched });
  if (patched.length === 0) none('microcode-update', generations.patched);
  else
    tell(
      {
        ...{ kind: 'microcode-update', night: microcode.night, change: microcode.change },
        ...{ generation: generations.patched, boot: { microcode: '0x1d' } },
        what: `microcode 0x1d on ${generations.patched}, ${percent(microcode.change)}`,
      },
      at(patched, microcode.night),
    );

  const steady = inPlace(biosNight, { machine: generations.steady });
  if (steady.length === 0) none('bios-change', generations.steady);
  else
    tell(
      {
        ...{ kind: 'bios-change', night: biosNight, change: 0, generation: generations.steady, boot: { bios: '2.4' } },
        what: `BIOS 2.4 on ${generations.steady}, without effect`,
      },
      at(steady, biosNight),
    );

  tell(
    {
      ...{ kind: 'outage', night: outage.night, lastNight: outage.night + outage.nights - 1, known: false },
      what: `no runs for ${outage.nights} days`,
    },
    at(inPlace(outage.night, {}), outage.night),
  );

  const creeping = inPlace(creep.night, { machine: generations.steady });
  const creeper = creeping[creep.host % Math.max(1, creeping.length)];
  if (creeper === undefined) none('regression-creep', generations.steady);
  else
    tell(
      {
        ...{ kind: 'regression-creep', night: creep.night, lastNight: creep.night + creep.nights - 1 },
        ...{ change: creep.change, known: false },
        what: `${creeper.hostId} grows slower by ${percent(creep.change)} over ${creep.nights} nights, for no cause that is known`,
      },
      at([creeper], creep.night),
    );

  const regressing = inPlace(step.night, { machine: generations.regressing });
  if (regressing.length === 0) none('regression-step', generations.regressing);
  else
    tell(
      {
        ...{ kind: 'regression-step', night: step.night, change: step.change, known: false },
        generation: generations.regressing,
        what: `${generations.regressing} is ${percent(step.change)} from one night to the next, for no cause that is known`,
      },
      at(regressing, step.night),
    );

  const racks = [...new Set(slots.map(({ rack }) => rack))];
  const rack = racks[kpti.rack % racks.length] ?? 'r1';
  tell(
    {
      ...{ kind: 'kpti-on', night: kpti.night, change: kpti.change, boot: { kpti: true } },
      what: `KPTI is switched on in rack ${rack}, ${percent(kpti.change)}`,
    },
    at(inPlace(kpti.night, { rack }), kpti.night),
  );

  const mortal = inPlace(dying.night, { machine: generations.patched });
  const dies = mortal[dying.host % Math.max(1, mortal.length)];
  if (dies === undefined) none('dying-host', generations.patched);
  else
    tell(
      {
        ...{ kind: 'dying-host', night: dying.night, lastNight: days - 1, unrest: dying.unrest, known: false },
        what: `${dies.hostId} grows restless, to ${dying.unrest} times the usual spread, and fails more and more`,
      },
      at([dies], dying.night),
    );

  items.sort((a, b) => a.night - b.night);
  return { options, tenures, items, leftOut, weekday };
}
