import { noise } from '#entry-sim';
import type { History } from '../history/history.js';
import { dateOf } from '../options.js';

/** A run that did not go as planned. */
interface Mishap {
  date: string;
  hostId: string;
  runId: string;
  /** For losses `record-gap` or `damaged-line`; for failures the code; for attempts that lapsed `lease-expired`. */
  reason: string;
  /** Lines of samples that are gone, of 64 samples each but the last. */
  lines?: number;
  /** Attempts that lapsed; 3 end the run. */
  attempts?: number;
}

const reasons = { 'lost-records': 'record-gap', 'cut-line': 'damaged-line' } as const;

function mishapsOf(history: History): { losses: Mishap[]; failures: Mishap[] } {
  const { options } = history.story;
  const losses: Mishap[] = [];
  const failures: Mishap[] = [];
  for (let night = 0; night < options.days; night += 1) {
    for (const { runId, hostId, fate } of history.night(night)?.runs ?? []) {
      const which = { date: dateOf(options, night), hostId, runId };
      switch (fate.kind) {
        case 'completed':
          break;
        case 'lost-records':
        case 'cut-line':
          losses.push({ ...which, reason: reasons[fate.kind], lines: fate.lines });
          break;
        case 'failed':
          failures.push({ ...which, reason: fate.failure.code });
          break;
        case 'lapsed':
          failures.push({ ...which, reason: 'lease-expired', attempts: fate.attempts });
          break;
      }
    }
  }
  return { losses, failures };
}

function tallied(mishaps: readonly Mishap[]): Record<string, number> {
  const tally: Record<string, number> = {};
  for (const { reason } of mishaps) tally[reason] = (tally[reason] ?? 0) + 1;
  return tally;
}

const rounded = (factor: number): number => Math.round(factor * 1e5) / 1e5;

/** The answer key as data: all that was planted, with dates and sizes. Shares are of one; factors are on both windows. */
export function storyOf(history: History): object {
  const { story, courses, runs } = history;
  const { options, items, leftOut, weekday } = story;
  const { losses, failures } = mishapsOf(history);
  const sigma = (name: 'hostSigma' | 'bootSigma' | 'driftSigma' | 'driftPerDay' | 'runSigma' | 'bodySigma') => {
    const { value, known } = noise[name];
    return { value, known };
  };
  return {
    about:
      'What happens in the demo: simulated from end to end, and all of it planted. docs/demo.md explains the fields.',
    provenance: 'simulated',
    demo: true,
    options,
    firstNight: dateOf(options, 0),
    runs,
    items,
    leftOut,
    noise: {
      weekday,
      host: sigma('hostSigma'),
      boot: sigma('bootSigma'),
      drift: sigma('driftSigma'),
      driftPerDay: sigma('driftPerDay'),
      run: sigma('runSigma'),
      withinRun: sigma('bodySigma'),
    },
    hosts: courses.map(({ tenure, hostFactor, boots }) => ({
      ...{ hostId: tenure.hostId, rack: tenure.slot.rack, machine: tenure.machine, from: dateOf(options, tenure.from) },
      to: dateOf(options, tenure.to - 1),
      factor: rounded(hostFactor),
      boots: boots.map(({ night, bootStateHash, bootState, factor }) => ({
        ...{ date: dateOf(options, night), bootStateHash, kernel: bootState.kernelRelease },
        ...{ microcode: bootState.microcode, bios: bootState.extra['bios'], kpti: bootState.kpti },
        factor: rounded(factor),
      })),
    })),
    mishaps: { tally: { losses: tallied(losses), failures: tallied(failures) }, losses, failures },
  };
}
