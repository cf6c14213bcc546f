// What would come of a job, before it is submitted.
import { facts, h, table } from '../dom.js';
import { hostLinks, provenance } from '../format.js';
import { standingsOf } from '../hosts-not-ready.js';
import { count, counted, guestText, none } from '#wording';

/** @param {import('#contracts').JobPreview} plan */
export function previewOf(plan) {
  const { hosts, runs, crossings, hostIds, lines } = plan;
  return [
    h('h2', {}, `${counted(runs, 'run')} on ${counted(hosts, 'host')}`),
    facts([
      ['Hosts', hostLinks(hostIds, hosts)],
      ['Crossings', count(crossings)],
    ]),
    standingsOf(plan),
    table(
      'What will run',
      [
        { title: 'Executor', cell: (line) => line.executor },
        { title: 'Probe', cell: (line) => line.probe },
        { title: 'Guest', cell: (line) => (line.guest ? guestText(line.guest) : none) },
        { title: 'Hosts', number: true, cell: (line) => count(line.hosts) },
        { title: 'Runs', number: true, cell: (line) => count(line.runs) },
        { title: 'Provenance', cell: (line) => provenance(line.provenance) },
      ],
      lines,
    ),
  ];
}
