import { measureName, type Comparison } from '#contracts';
import { change, count, cycles, nanoseconds, wrapped } from './format.js';

const unitName = { cycles: 'TSC cycles', ns: 'ns' } as const;

/** Hosts that are named before the rest is only counted. */
const namedHosts = 3;

function hostsText(hosts: readonly string[]): string {
  if (hosts.length === 0) return 'no host';
  const more = hosts.length > namedHosts ? ` and ${count(hosts.length - namedHosts)} more` : '';
  const names = hosts.slice(0, namedHosts).join(', ');
  return `${count(hosts.length)} host${hosts.length === 1 ? '' : 's'} (${names}${more})`;
}

function side(name: string, { selector, hosts, runs, samples, provenance, ...medians }: Comparison['a']): string {
  const { medianCycles, medianNs } = medians;
  const units = [
    ...(medianCycles === null ? [] : [`${cycles(medianCycles)} TSC cycles`]),
    ...(medianNs === null ? [] : [`${nanoseconds(medianNs)} ns`]),
  ];
  const median = units.length === 0 ? 'no median' : `median ${units.join(', ')}`;
  const what = `${count(samples)} samples, ${provenance.join(' + ') || 'nothing'}`;
  const rest = `${median}; ${count(runs)} run${runs === 1 ? '' : 's'} on ${hostsText(hosts)}, ${what}`;
  return `  ${name}  ${selector}\n${wrapped(rest, '     ')}`;
}

/** What a comparison says, in one sentence. */
export function verdictText({ probe, metric, unit, ratio, interval, verdict, reason, method }: Comparison): string {
  if (unit === null || ratio === null || interval === null || verdict === 'inconclusive') {
    return `${measureName(probe, metric)}: inconclusive. ${reason}`;
  }
  const margin = `${(method.margin * 100).toFixed(1)} %`;
  const by = `${change(ratio)} in ${unitName[unit]}`;
  const sentence = {
    slower: `b takes longer than a (${by})`,
    faster: `b is quicker than a (${by})`,
    equal: `b and a are equal within ${margin}`,
  }[verdict];
  return `${measureName(probe, metric)}: ${sentence}. ${reason}`;
}

/** b / a in the unit that was judged, and in the other one where that is another number. */
export function ratioText({ unit, ratio, ratioCycles, ratioNs }: Comparison, digits = 3): string {
  if (unit === null || ratio === null) return 'no ratio';
  const other = unit === 'ns' && ratioCycles !== null ? ` (${ratioCycles.toFixed(digits)} in TSC cycles)` : '';
  const alike = unit === 'cycles' && ratioNs !== null ? ' and in ns' : '';
  return `b/a ${ratio.toFixed(digits)} in ${unitName[unit]}${alike}${other}`;
}

function figures(comparison: Comparison): string[] {
  const { interval, method, ratio, scope } = comparison;
  if (interval === null) return [wrapped(ratioText(comparison), '  ')];
  const { low, high, confidence } = interval;
  const range = `${(confidence * 100).toFixed(0)} % interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
  return [
    wrapped(`${ratioText(comparison)}, ${range}`, '  '),
    wrapped(`(${method.name})`, '  '),
    ...(ratio === null ? [] : [wrapped(scope, '  ')]),
  ];
}

export function comparisonText(comparison: Comparison): string {
  const { a, b, warnings } = comparison;
  return [
    wrapped(verdictText(comparison)),
    side('a', a),
    side('b', b),
    ...figures(comparison),
    ...warnings.map((warning) => wrapped(`! ${warning}`, '  ')),
  ].join('\n');
}
