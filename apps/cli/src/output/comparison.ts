import type { Comparison } from '#contracts';
import { change, count, cycles } from './format.js';

function side(name: string, { selector, hosts, runs, samples, medianCycles, provenance }: Comparison['a']): string {
  const median = medianCycles === null ? 'no median' : `median ${cycles(medianCycles)} cycles`;
  const where = hosts.length === 0 ? 'no host' : hosts.join(', ');
  return `  ${name}  ${selector} (${where}): ${median} over ${count(runs)} runs, ${count(samples)} samples, ${provenance.join(' + ') || 'nothing'}`;
}

/** What a comparison says, in one sentence. */
export function verdictText({ metric, ratio, interval, verdict, reason, method }: Comparison): string {
  if (ratio === null || interval === null || verdict === 'inconclusive') return `${metric}: inconclusive. ${reason}`;
  const margin = `${(method.margin * 100).toFixed(1)} %`;
  const sentence = {
    slower: `b takes longer than a (${change(ratio)})`,
    faster: `b is quicker than a (${change(ratio)})`,
    equal: `b and a are equal within ${margin}`,
  }[verdict];
  return `${metric}: ${sentence}. ${reason}`;
}

export function comparisonText(comparison: Comparison): string {
  const { a, b, ratio, interval, method, warnings } = comparison;
  const figures =
    ratio === null || interval === null
      ? '  no ratio'
      : `  b/a ${ratio.toFixed(3)}, ${(interval.confidence * 100).toFixed(0)} % interval ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)} (${method.name}, ${count(method.resamples)} resamples)`;
  return [verdictText(comparison), side('a', a), side('b', b), figures, ...warnings.map((w) => `  ! ${w}`)].join('\n');
}
