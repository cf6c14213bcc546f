import { facts, h, notes, table, words } from '../dom.js';
import { hostLinks, provenance, runLink, selector, time } from '../format.js';
import {
  change,
  count,
  cycles,
  difference,
  intervalText,
  margin,
  nanoseconds,
  none,
  percent,
  ratio,
  unitName,
  verdictSentence,
  wholePercent,
} from '#wording';
import { longTable } from '../long-table.js';
import { medianChart } from '../charts/median-chart.js';
import { ratioChart } from '../charts/ratio-chart.js';
import { timeChart } from '../charts/time-chart.js';
import { refusalList } from './refusal.js';

/** @typedef {import('#contracts').Comparison} Comparison */

/** As this page calls them. */
const sides = { a: 'A', b: 'B' };

/**
 * The verdict as a sentence of its own.
 * @param {Comparison} comparison
 */
function headline(comparison) {
  const sentence = verdictSentence(comparison, sides);
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** @param {{ command: string, path: string }} repeat */
export function repeatLinks({ command, path }) {
  return [h('a', { href: path.replace(/^\//, '') }, 'in the console, as of now'), ' · ', h('code', {}, words(command))];
}

/** @param {Comparison} comparison */
function effectsSection({ effects }) {
  const rows = /** @type {const} */ (['ns', 'cycles', 'coreCycles']).flatMap((unit) => {
    const effect = effects[unit];
    return effect === null ? [] : [{ unit, ...effect }];
  });
  if (rows.length === 0) return [];
  /** @param {{ low: number, high: number } | null} range */
  const rangeText = (range) => (range === null ? none : `${difference(range.low)} to ${difference(range.high)}`);
  return [
    table(
      'How much more a crossing costs on B',
      [
        { title: 'In', cell: (row) => unitName[row.unit] },
        { title: 'Level A', number: true, cell: (row) => cycles(row.a) },
        { title: 'Level B', number: true, cell: (row) => cycles(row.b) },
        { title: 'B − A', number: true, cell: (row) => h('strong', {}, difference(row.difference)) },
        { title: 'Interval', number: true, cell: (row) => rangeText(row.differenceInterval) },
        { title: 'B / A', number: true, cell: (row) => `${ratio(row.ratio)} (${change(row.ratio)})` },
        {
          title: 'Interval',
          number: true,
          cell: ({ ratioInterval }) => intervalText(ratioInterval && { ...ratioInterval, confidence: 0 }),
        },
      ],
      rows,
    ),
  ];
}

/** What is said of a field by its standing. */
const standings = {
  compared: 'compared',
  implied: 'implied by another field or by the host',
  allowed: 'allowed',
  pooled: 'pooled',
  incidental: 'can’t change the cost',
  refused: 'not compared, not allowed',
};

/** @param {Comparison['differences'][number]['a']} values */
export const valuesText = (values) =>
  values.map(({ value, runs }) => `${value === null ? 'not known' : value || 'nothing'} (${count(runs)})`).join(', ');

/**
 * In what the sides differ and in what each is mixed.
 * @param {Comparison} comparison
 */
function fieldsSection({ differences, mixtures }) {
  const differ =
    differences.length === 0
      ? []
      : [
          h('h3', {}, 'In what the sides differ'),
          table(
            'In what the sides differ',
            [
              { title: 'Field', cell: (row) => h('code', {}, row.field) },
              { title: 'A (runs)', long: true, cell: (row) => valuesText(row.a) },
              { title: 'B (runs)', long: true, cell: (row) => valuesText(row.b) },
              { title: 'Standing', cell: (row) => standings[row.standing] },
            ],
            differences,
          ),
        ];
  const mixed =
    mixtures.length === 0
      ? []
      : [
          h('h3', {}, 'In what a side is mixed'),
          table(
            'In what a side is mixed',
            [
              { title: 'Side', cell: (row) => sides[row.side] },
              { title: 'Field', cell: (row) => h('code', {}, row.field) },
              { title: 'Values (runs)', long: true, cell: (row) => valuesText(row.values) },
              { title: 'Standing', cell: (row) => standings[row.standing] },
            ],
            mixtures,
          ),
        ];
  return [...differ, ...mixed];
}

/**
 * @param {Comparison} comparison
 * @param {number} [replicates] that are listed at once; all of them in a report, where nothing opens
 */
export function outcomeOf(comparison, replicates = Infinity) {
  const { a, b, interval, method, unit, refusals } = comparison;
  return [
    h(
      'div',
      { class: `verdict ${comparison.verdict}` },
      h('p', { class: 'headline' }, headline(comparison)),
      refusals.length > 0 ? refusalList(refusals) : h('p', {}, words(comparison.reason)),
      h(
        'p',
        { class: 'figures', hidden: comparison.ratio === null },
        'B / A = ',
        h('strong', {}, ratio(comparison.ratio)),
        comparison.unit && ` in ${unitName[comparison.unit]}`,
        interval && `, ${wholePercent(interval.confidence)} interval ${intervalText(interval)}`,
        comparison.unit === 'ns' &&
          comparison.effects.cycles !== null &&
          ` (in TSC cycles ${ratio(comparison.effects.cycles.ratio)})`,
      ),
      comparison.ratio !== null && h('p', { class: 'quiet' }, `It ${comparison.scope}.`),
      comparison.more && h('p', { class: 'quiet' }, words(`To settle it: ${comparison.more}.`)),
    ),
    notes(comparison.warnings),
    ...(interval && unit ? [ratioChart({ ...comparison, interval, unit })] : []),
    ...(a.runs + b.runs > 0 ? [medianChart(comparison), timeChart(comparison)] : []),
    ...effectsSection(comparison),
    table(
      'Both sides',
      [
        { title: 'Side', cell: (side) => side.name },
        { title: 'Selector', long: true, cell: (side) => selector(side.selector) },
        {
          ...{ title: 'Hosts', long: true },
          cell: ({ hosts }) => [`${count(hosts.length)}: `, hostLinks(hosts, hosts.length, 5)],
        },
        { title: 'Runs', number: true, cell: (side) => count(side.runs) },
        { title: 'Copies left out', number: true, cell: (side) => count(side.copies) },
        { title: 'Samples', number: true, cell: (side) => count(side.samples) },
        { title: 'Median cycles', number: true, cell: (side) => h('strong', {}, cycles(side.medianCycles)) },
        { title: 'Median ns', number: true, cell: (side) => h('strong', {}, nanoseconds(side.medianNs)) },
        {
          title: 'TSC’s resolution',
          number: true,
          hint: 'What it can’t tell apart, as a share of the level',
          cell: (side) => (side.resolution === null ? none : percent(side.resolution)),
        },
        { title: 'Provenance', cell: (side) => side.provenance.map(provenance) },
      ],
      [
        { name: 'A', ...a },
        { name: 'B', ...b },
      ],
    ),
    ...fieldsSection(comparison),
    facts([
      ['Method', method.name],
      ['Counts as equal', `within ${margin(method.margin)}`],
      ['Control hosts', comparison.control && `${comparison.control.selector}: ${comparison.control.hosts.join(', ')}`],
      [
        'The models’ error',
        comparison.modelBand &&
          `true ratio from ${ratio(comparison.modelBand.low)} to ${ratio(comparison.modelBand.high)} times this one (${[...new Set([...comparison.modelBand.a, ...comparison.modelBand.b])].join(', ')})`,
      ],
      ['Left out', comparison.leftOut.join(', ')],
      ['The same again', repeatLinks(comparison.repeat)],
    ]),
    h(
      'details',
      {},
      h('summary', {}, 'The replicates: one median a run'),
      longTable(
        'Replicates',
        [
          { title: 'Side', cell: (r) => r.side },
          { title: 'Run', cell: (r) => runLink(r.runId) },
          { title: 'Host', cell: (r) => r.hostId },
          { title: 'Ended', cell: (r) => time(r.endedAt) },
          { title: 'Median cycles', number: true, cell: (r) => cycles(r.p50Cycles) },
          { title: 'Median ns', number: true, cell: (r) => nanoseconds(r.p50Ns) },
        ],
        [...a.runMedians.map((r) => ({ side: 'A', ...r })), ...b.runMedians.map((r) => ({ side: 'B', ...r }))],
        { rows: replicates },
      ),
    ),
  ];
}
