import {
  count,
  counted,
  cycles,
  difference,
  intervalText,
  listed,
  nanoseconds,
  none,
  percent,
  ratio as ratioFigure,
  unitName,
  wholePercent,
} from '#wording';
import { measureName, type Comparison } from '#contracts';
import { type Look, numbers, plainLook } from './columns.js';
import { wrapped } from './format.js';
import { type Listing, tableText } from './listing.js';
import { verdictPainted } from './verdict-colour.js';

/** Hosts that are named before the rest is only counted. */
const namedHosts = 3;

function hostsText(hosts: readonly string[]): string {
  if (hosts.length === 0) return 'no host';
  const more = hosts.length > namedHosts ? ` and ${count(hosts.length - namedHosts)} more` : '';
  const names = hosts.slice(0, namedHosts).join(', ');
  return `${counted(hosts.length, 'host')} (${names}${more})`;
}

function side(
  name: string,
  { selector, hosts, runs, copies, samples, provenance, ...medians }: Comparison['a'],
): string {
  if (runs === 0) return `  ${name}  ${selector}\n     no runs`;
  const { medianCycles, medianNs } = medians;
  const known = [
    ...(medianCycles === null ? [] : [`${cycles(medianCycles)} TSC cycles`]),
    ...(medianNs === null ? [] : [`${nanoseconds(medianNs)} ns`]),
  ];
  const median = known.length === 0 ? 'no median' : `median ${known.join(', ')}`;
  const left = copies === 0 ? '' : `, ${counted(copies, 'copy', 'copies')} left out`;
  const what = `${count(samples)} samples${left}, ${provenance.join(' + ') || 'nothing'}`;
  const rest = `${median}; ${counted(runs, 'run')} on ${hostsText(hosts)}, ${what}`;
  return `  ${name}  ${selector}\n${wrapped(rest, '     ')}`;
}

/** What a comparison says, and why. */
function verdictText({ probe, metric, sentence, reason }: Comparison): string {
  return `${measureName(probe, metric)}: ${sentence}; ${reason}`;
}

const units = ['ns', 'cycles', 'coreCycles'] as const;

/** Levels, difference and ratio in every unit that there is, the judged one first. */
function effectsTable({ effects, unit, interval }: Comparison, look: Look): string[] {
  const shown = [...units].sort((x, y) => Number(y === unit) - Number(x === unit));
  const rows = shown.flatMap((one) => {
    const effect = effects[one];
    if (effect === null) return [];
    const { a, b, differenceInterval: by, ratio, ratioInterval } = effect;
    const range = by === null ? none : `${difference(by.low)} to ${difference(by.high)}`;
    const ratios = ratioInterval === null ? none : intervalText({ ...ratioInterval, confidence: 0 });
    return [[unitName[one], cycles(a), cycles(b), difference(effect.difference), range, ratioFigure(ratio), ratios]];
  });
  if (rows.length === 0) return ['  no ratio'];
  const title = interval === null ? 'interval' : `${wholePercent(interval.confidence)} interval`;
  const heads = ['level', 'a ', 'b ', 'b − a ', title, 'b/a ', 'interval'];
  // The ratio is what was asked for.
  const columns = heads.map((head, i) => ({ head, of: (row: string[]) => row[i] ?? '', spare: i === 3 || i === 4 }));
  const drawn = tableText(
    { columns, rows },
    { ...look, width: look.width === null ? null : Math.max(1, look.width - 2) },
  );
  return drawn.split('\n').map((line) => `  ${line}`);
}

const valuesText = (values: Comparison['differences'][number]['a']): string =>
  listed(values.map(({ value }) => (value === null ? 'not known' : value === '' ? 'nothing' : value)));

/** What is said of fields by their standing; those that need no thought are only named. */
const standings = {
  compared: 'compared',
  allowed: 'allowed',
  pooled: 'pooled',
  refused: 'refused',
  implied: 'implied by other fields or by the host',
  incidental: 'what can’t change the cost',
} as const;

const namedOnly = (standing: keyof typeof standings): boolean => standing === 'implied' || standing === 'incidental';

function byStanding<Field extends { field: string; standing: keyof typeof standings }>(
  fields: readonly Field[],
  values: (field: Field) => string,
): string {
  const parts = (Object.keys(standings) as (keyof typeof standings)[]).flatMap((standing) => {
    const those = fields.filter((field) => field.standing === standing);
    if (those.length === 0) return [];
    const text = those.map((one) => (namedOnly(standing) ? one.field : `${one.field} (${values(one)})`)).join(', ');
    return [`${standings[standing]}: ${text}`];
  });
  return parts.join('; ');
}

function fieldLines({ differences, mixtures }: Comparison): string[] {
  const mixed = (['a', 'b'] as const).flatMap((name) => {
    const own = mixtures.filter((mixture) => mixture.side === name);
    return own.length === 0 ? [] : [`${name} is mixed in – ${byStanding(own, ({ values }) => valuesText(values))}`];
  });
  const differ =
    differences.length === 0
      ? []
      : [`the sides differ in – ${byStanding(differences, ({ a, b }) => `${valuesText(a)} against ${valuesText(b)}`)}`];
  return [...differ, ...mixed].map((line) => wrapped(line, '  '));
}

function resolutionLine({ a, b }: Comparison): string[] {
  const parts = Object.entries({ a, b }).flatMap(([name, { resolution }]) =>
    resolution === null || resolution === 0 ? [] : [`${percent(resolution)} of ${name}`],
  );
  return parts.length === 0 ? [] : [wrapped(`the TSCs can’t show a change of less than ${parts.join(', ')}`, '  ')];
}

function besideLines({ modelBand, control }: Comparison): string[] {
  const models =
    modelBand === null
      ? []
      : [
          `the models of ${[...new Set([...modelBand.a, ...modelBand.b])].join(' and ')} may be off: the true ratio lies between ${ratioFigure(modelBand.low)} and ${ratioFigure(modelBand.high)} times this one`,
        ];
  const beside =
    control === null
      ? []
      : [`control hosts: ${control.selector}, ${hostsText(control.hosts)}, ${counted(control.runs, 'run')}`];
  return [...models, ...beside].map((line) => wrapped(line, '  '));
}

/** How to ask the same again. Lines of commands and addresses are not broken: they are copied. */
export function repeatText({ command, path }: Comparison['repeat'], url: string): string[] {
  return ['  the same again:', `  ${command}`, `  ${url}${path}`];
}

const verdictWord = ({ refusals, verdict }: Comparison): string => (refusals.length > 0 ? 'refused' : verdict);

/** The answer as one row; `-o name` is the verdict. */
export const comparisonListing = (comparison: Comparison): Listing<Comparison> => ({
  columns: [
    { head: 'probe', of: ({ probe, metric }) => measureName(probe, metric) },
    { head: 'a', of: ({ a }) => a.selector },
    { head: 'b', of: ({ b }) => b.selector },
    numbers('runs a', ({ a }) => a.runs, count),
    numbers('runs b', ({ b }) => b.runs, count),
    { head: 'unit', of: ({ unit }) => (unit === null ? none : unitName[unit]) },
    numbers('b/a', ({ ratio }) => ratio, ratioFigure),
    numbers('low', ({ interval }) => interval?.low ?? null, ratioFigure),
    numbers('high', ({ interval }) => interval?.high ?? null, ratioFigure),
    { head: 'b is', of: verdictWord },
  ],
  rows: [comparison],
  name: verdictWord,
});

/** @param url of the coordinator, for the link; none, no way to ask again is shown */
export function comparisonText(comparison: Comparison, url?: string, look: Look = plainLook): string {
  const { a, b, warnings, refusals, scope, method, more } = comparison;
  const answered = refusals.length === 0;
  return [
    verdictPainted(wrapped(verdictText(comparison)), answered ? comparison.verdict : null, look.paint),
    side('a', a),
    side('b', b),
    ...(answered ? [...effectsTable(comparison, look), wrapped(`(${method.name})`, '  '), wrapped(scope, '  ')] : []),
    ...fieldLines(comparison),
    ...(answered ? [...besideLines(comparison), ...resolutionLine(comparison)] : []),
    ...(more === null ? [] : [wrapped(`to settle it: ${more}`, '  ')]),
    ...warnings.map((warning) => wrapped(`! ${warning}`, '  ')),
    ...refusals.map(({ remedy }) => wrapped(`→ ${remedy}`, '  ')),
    ...(url === undefined ? [] : repeatText(comparison.repeat, url)),
  ].join('\n');
}
