import type { Noise, NoiseVerdict } from '#contracts';
import { governor, turbo } from './frequency.js';
import { consoleLevel, hugePages, nmiWatchdog, ringSize } from './kernel.js';
import type { Change, Finding, Knob } from './knob.js';
import { irqs, isolation, smtSibling } from './neighbours.js';
import type { NoiseTexts } from './noise-texts.js';

/** In the order in which they are set: interrupts are moved before the sibling that they may stand on goes offline. */
const knobs: readonly Knob[] = [
  governor,
  turbo,
  hugePages,
  nmiWatchdog,
  consoleLevel,
  irqs,
  smtSibling,
  isolation,
  ringSize,
];

/** What each knob is and should be, for runs pinned to `texts.cpu`. */
export function readings(texts: NoiseTexts): Finding[] {
  return knobs.map((knob) => ({
    knob: knob.name,
    wanted: knob.wanted,
    bearsOn: knob.bearsOn,
    ...knob.judge(texts),
  }));
}

/** What to write, in this order, to make the machine as quiet as can be without a boot. */
export function plan(texts: NoiseTexts): Change[] {
  return knobs.flatMap((knob) => knob.changes(texts));
}

/** A change that could not be made. */
export interface Refusal {
  change: Change;
  /** An errno name such as `EACCES`, or `kept <value>` when the kernel took the write and did nothing. */
  reason: string;
}

function verdictOf(findings: readonly Finding[]): NoiseVerdict {
  if (findings.some(({ verdict }) => verdict === 'noisy')) return 'noisy';
  return findings.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'quiet';
}

/**
 * The findings as a run's label.
 *
 * @param kernelLog whether the run's samples come through the kernel log; else what bears on that alone is left out
 * @param refusals what was tried in vain; given only for knobs that are still not quiet
 */
export function noiseFrom(findings: readonly Finding[], kernelLog: boolean, refusals: readonly Refusal[] = []): Noise {
  const bearing = findings.filter(({ bearsOn }) => kernelLog || bearsOn === 'crossings');
  const notSet = bearing.flatMap(({ knob, verdict }) => {
    const reasons = new Set(refusals.filter(({ change }) => change.knob === knob).map(({ reason }) => reason));
    return verdict === 'quiet' || reasons.size === 0 ? [] : [`${knob}: ${[...reasons].sort().join(', ')}`];
  });
  return {
    verdict: verdictOf(bearing),
    reasons: bearing.flatMap(({ reason }) => (reason === null ? [] : [reason])),
    unknown: bearing.flatMap(({ knob, verdict }) => (verdict === 'unknown' ? [knob] : [])),
    notSet,
  };
}
