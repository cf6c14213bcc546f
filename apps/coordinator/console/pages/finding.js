// What a finding's page and its report have in common.
import { levelChart } from '../charts/level-chart.js';
import { facts, h, table, words } from '../dom.js';
import { hostLinks, jobLink, measureLabel, provenance, runLink, state, time } from '../format.js';
import {
  alsoHow,
  bootChangeText,
  change,
  changedHow,
  changedWhen,
  count,
  counted,
  difference,
  findingStateNames,
  intervalText,
  nanoseconds,
} from '#wording';
import { standing } from './regressions.js';

/** @typedef {import('#contracts').FindingDetail} FindingDetail */

/** Hosts that get a chart; the rest is counted. */
const charted = 6;

/** @param {FindingDetail} finding */
export const findingHeadline = (finding) => {
  const how = changedHow(finding);
  return `${how.charAt(0).toUpperCase()}${how.slice(1)}`;
};

/** @param {FindingDetail} finding */
export function findingDetail(finding) {
  const { hosts, interval, beforeNs, effectNs, confirmation, suspects, common, firstRuns, alsoIn, history } = finding;
  const figures = confirmation?.figures ?? null;
  return [
    facts([
      ['State', [state(findingStateNames[finding.state]), ' ', h('bdi', {}, standing(finding))]],
      ['Changed', words(changedWhen(finding))],
      ['Measured', [measureLabel(finding.probe, finding.metric), ' ', provenance(finding.provenance)]],
      ['Executor', finding.executor],
      [
        'Change',
        finding.kind !== 'noise' && [change(finding.ratio), interval && `, interval ${intervalText(interval)}`],
      ],
      [
        'Level before',
        beforeNs !== null &&
          `${nanoseconds(beforeNs)} ns${effectNs === null ? '' : `, ${difference(effectNs)} ns since`}`,
      ],
      [
        'Also in',
        alsoIn.map((one) => `${measureLabel(one.probe, one.metric)} ${alsoHow(finding, one.ratio)}`).join(', '),
      ],
      ['Generations', finding.generations.join(', ')],
      [`Hosts (${count(hosts.length)})`, hostLinks(hosts, hosts.length, 20)],
      [
        'In common',
        words(
          common.map(({ field, value, moved, of }) => `${field}=${value} (${count(moved)} of ${count(of)})`).join(', '),
        ),
      ],
      [
        'First runs with it',
        firstRuns.length > 0 &&
          firstRuns.slice(0, 5).map(({ hostId, runId }, i) => [i > 0 && ', ', runLink(runId), ` on ${hostId}`]),
      ],
      [
        'Fresh runs',
        confirmation && [
          jobLink(confirmation.jobId),
          figures === null
            ? ' under way'
            : ` ${figures.verdict}: ${figures.reason}; ${counted(figures.runs, 'run')}, ${counted(figures.controlHosts, 'control host')}`,
        ],
      ],
    ]),
    h('h2', {}, 'Suspects'),
    table(
      'Suspects',
      [
        { title: 'From', cell: (row) => time(row.from) },
        { title: 'What changed in the two weeks before', long: true, cell: (row) => bootChangeText(row) },
        { title: 'Hosts', number: true, cell: (row) => count(row.hostCount) },
      ],
      suspects,
      'Nothing that is known changed on these hosts in the two weeks before.',
    ),
    h('h2', {}, 'What happened'),
    table(
      'What happened',
      [
        { title: 'When', cell: (row) => time(row.at) },
        { title: 'What', long: true, cell: (row) => row.text },
        { title: 'By', cell: (row) => row.by },
      ],
      history,
    ),
    facts([
      ['The trend', h('code', {}, words(finding.commands.trends))],
      ['The comparison', finding.commands.compare && h('code', {}, words(finding.commands.compare))],
    ]),
  ];
}

/** @param {FindingDetail} finding */
export function findingLevels(finding) {
  const shown = finding.levels.slice(0, charted);
  const more = finding.hosts.length - shown.length;
  if (shown.length === 0) return [h('p', { class: 'empty' }, 'There are no results of these hosts in that time.')];
  return [
    ...shown.map((host) => levelChart(host, finding)),
    more > 0 && h('p', { class: 'quiet' }, `${counted(more, 'more host')} moved with these.`),
  ];
}
