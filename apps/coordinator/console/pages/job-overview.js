// A job's result by what varies in it: as long as that is, not as the fleet is.
import { h, table } from '../dom.js';
import { hostLink, hostLinks, measureName, provenance, runState, state } from '../format.js';
import { bootText, change, count, counted, cycles, nanoseconds, none, virtualizationName } from '#wording';
import { rangeChart } from '../charts/range-chart.js';
import { lost } from './lost.js';

/** @typedef {import('#contracts').JobGroup} Group */
/** @typedef {import('#contracts').JobOverview['failures'][number]} Failure */

/** @param {Group} group */
function oddCell({ odd, oddHosts }) {
  if (odd.length === 0) return none;
  const more = oddHosts - new Set(odd.map(({ hostId }) => hostId)).size;
  return [
    odd.map(({ hostId, ratio }, at) => [at > 0 && ', ', hostLink(hostId), ` ${change(ratio)}`]),
    more > 0 && ` and ${count(more)} more`,
  ];
}

/** @param {Group} group */
const marks = ({ noisyHosts, flaggedHosts }) => [
  noisyHosts > 0 && [' ', state('noisy machine'), ` × ${count(noisyHosts)}`],
  flaggedHosts > 0 && [' ', state('noise D'), ` × ${count(flaggedHosts)}`],
];

/** Columns that say the same of every group are left out. */
const onlyWhereItDiffers = new Set(['Bare / VM', 'Kernel', 'Executor']);

/** @type {import('../dom.js').Column<Group>[]} */
const columns = [
  { title: 'Generation', cell: (group) => group.generation },
  { title: 'Bare / VM', cell: (group) => virtualizationName[group.virtualization] },
  { title: 'Kernel', cell: bootText },
  { title: 'Executor', cell: (group) => group.executor },
  { title: 'Metric', cell: (group) => measureName(group.probe, group.metric) },
  { title: 'Hosts', number: true, cell: (group) => count(group.hosts) },
  { title: 'Runs', number: true, cell: (group) => count(group.runs) },
  { title: 'Lost', number: true, cell: (group) => lost(group.lost) },
  {
    title: 'p50',
    number: true,
    hint: 'TSC cycles: median over the hosts of each host’s median',
    cell: (group) => h('strong', {}, cycles(group.p50Cycles)),
  },
  { title: 'p50 ns', number: true, cell: (group) => nanoseconds(group.p50Ns) },
  {
    title: 'Lowest',
    number: true,
    hint: 'host’s median against the group’s',
    cell: (group) => change(group.lowestRatio),
  },
  {
    title: 'Highest',
    number: true,
    hint: 'host’s median against the group’s',
    cell: (group) => change(group.highestRatio),
  },
  { title: 'Far from the rest', long: true, cell: oddCell },
  { title: 'Provenance', cell: (group) => [provenance(group.provenance), marks(group)] },
];

/** @type {import('../dom.js').Column<Failure>[]} */
const failureColumns = [
  {
    title: 'Hosts',
    long: true,
    cell: ({ hosts, hostIds }) => hostLinks([...new Set(hostIds)], hosts),
  },
  { title: 'Probe', cell: ({ probe }) => probe },
  { title: 'Runs', number: true, cell: ({ runs }) => count(runs) },
  { title: 'State', cell: (failure) => runState(failure.state) },
  { title: 'Why', long: true, cell: ({ failure }) => failure?.message ?? none },
  { title: 'What to do', long: true, cell: ({ failure }) => failure?.remedy ?? none },
];

/** @param {Group[]} groups */
function columnsOf(groups) {
  return columns.filter(
    ({ title, cell }) => !onlyWhereItDiffers.has(title) || new Set(groups.map((group) => cell(group))).size > 1,
  );
}

/** @param {Group[]} groups those with a length in time */
function groupChart(groups) {
  const named = columnsOf(groups).filter(({ title }) => title === 'Generation' || onlyWhereItDiffers.has(title));
  const several = new Set(groups.map((group) => group.provenance)).size > 1;
  /** @param {Group} group */
  const lineOf = (group) => [...named.map(({ cell }) => cell(group)), ...(several ? [group.provenance] : [])].join(' ');
  return rangeChart({
    rows: groups,
    panelOf: ({ probe, metric }) => measureName(probe, metric),
    lineOf,
    rangeOf: ({ p50Ns, lowestRatio, highestRatio }) => {
      const level = p50Ns ?? 0;
      return [level * lowestRatio, level, level * highestRatio];
    },
    says: ({ p50Ns, lowestRatio, highestRatio, ...group }) =>
      `${lineOf({ p50Ns, lowestRatio, highestRatio, ...group })}: p50 ${nanoseconds(p50Ns)} ns, lowest ${change(lowestRatio)}, highest ${change(highestRatio)}`,
    unit: 'ns',
    label: 'Medians of hosts by what varies',
    caption: `Dot: the median over the hosts, line: from the lowest to the highest of the hosts’ medians; nanoseconds, ${[...new Set(groups.map((group) => group.provenance))].join(' and ')}.`,
  });
}

/**
 * @param {import('#contracts').JobOverview} overview
 * @returns {unknown[]} children as h() takes them
 */
export function jobOverview({ groups, failures }) {
  const timed = groups.filter(({ p50Ns }) => p50Ns !== null);
  return [
    failures.length > 0 && [
      h(
        'h2',
        {},
        `What gave no result: ${counted(
          failures.reduce((sum, { runs }) => sum + runs, 0),
          'run',
        )}`,
      ),
      table('Failures', failureColumns, failures),
    ],
    h('h2', {}, 'Results'),
    h(
      'p',
      { class: 'quiet' },
      'TSC cycles. Every host weighs the same, however many runs it has. Far from the rest is a hint where to look, not a verdict.',
    ),
    table('Results by what varies', columnsOf(groups), groups, 'No run has completed yet.'),
    timed.length > 0 && h('div', { class: 'charts' }, groupChart(timed)),
  ];
}
