import {
  count,
  counted,
  cycles,
  intervalText,
  nanoseconds,
  ratio as ratioFigure,
  unitName,
  verdictSentence,
  wholePercent,
} from '#wording';
import { measureName, type Comparison } from '#contracts';
import { wrapped } from './format.js';

/** Hosts that are named before the rest is only counted. */
const namedHosts = 3;

function hostsText(hosts: readonly string[]): string {
  if (hosts.length === 0) return 'no host';
  const more = hosts.length > namedHosts ? ` and ${count(hosts.length - namedHosts)} more` : '';
  const names = hosts.slice(0, namedHosts).join(', ');
  return `${counted(hosts.length, 'host')} (${names}${more})`;
}

function side(name: string, { selector, hosts, runs, samples, provenance, ...medians }: Comparison['a']): string {
  const { medianCycles, medianNs } = medians;
  const units = [
    ...(medianCycles === null ? [] : [`${cycles(medianCycles)} TSC cycles`]),
    ...(medianNs === null ? [] : [`${nanoseconds(medianNs)} ns`]),
  ];
  const median = units.length === 0 ? 'no median' : `median ${units.join(', ')}`;
  const what = `${count(samples)} samples, ${provenance.join(' + ') || 'nothing'}`;
  const rest = `${median}; ${counted(runs, 'run')} on ${hostsText(hosts)}, ${what}`;
  return `  ${name}  ${selector}\n${wrapped(rest, '     ')}`;
}

/** What a comparison says, and why. */
export function verdictText(comparison: Comparison): string {
  return `${measureName(comparison.probe, comparison.metric)}: ${verdictSentence(comparison)}. ${comparison.reason}`;
}

/** b / a in the unit that was judged, and in the other one where that is another number. */
export function ratioText({ unit, ratio, ratioCycles, ratioNs }: Comparison): string {
  if (unit === null || ratio === null) return 'no ratio';
  const other = unit === 'ns' && ratioCycles !== null ? ` (${ratioFigure(ratioCycles)} in TSC cycles)` : '';
  const alike = unit === 'cycles' && ratioNs !== null ? ' and in ns' : '';
  return `b/a ${ratioFigure(ratio)} in ${unitName[unit]}${alike}${other}`;
}

function figures(comparison: Comparison): string[] {
  const { interval, method, ratio, scope } = comparison;
  if (interval === null) return [wrapped(ratioText(comparison), '  ')];
  const range = `${wholePercent(interval.confidence)} interval ${intervalText(interval)}`;
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
