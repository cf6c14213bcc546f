import { everyMeasure, measureName } from '#contracts';
import { accessSection } from './access-panel.js';
import type { Board } from './board.js';
import { cellOf, selectorOf } from './cell.js';
import { boardUids, judgedAgainst, linked, toSideB, toTrends } from './links.js';
import { decimals, units, unitOverride, whenEmpty } from './fields.js';
import { atLeast, hiddenColumn, inItsColour, table, width } from './table.js';
import { queryText, type Queries } from './queries.js';
import { consoleVariable, measureVariables, provenanceVariable, type Sql } from './variables.js';

const what = '$probe $metric · $provenance';

const median = (of: string): string => `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${of})`;
/** A column for each measure of the catalogue. */
const ofHost = everyMeasure()
  .map(
    ({ probe, metric }) =>
      `${median('series.p50_ns')} FILTER (WHERE series.probe = '${probe}' AND series.metric = '${metric}') AS "${measureName(probe, metric)}"`,
  )
  .join(', ');
const ofCell = everyMeasure()
  .map(({ probe, metric }) => measureName(probe, metric))
  .map((name) => `${median(`"${name}"`)} AS "${name}"`)
  .join(', ');

export function virtualizationBoard(queries: Queries): Board {
  const sql: Sql = (name, parameters) => queryText(queries, name, parameters);

  return {
    uid: boardUids.virtualization,
    title: 'Virtualization tax',
    description: 'Guests beside bare metal of the same generation, kernel and KPTI state, and what traps cost.',
    variables: [provenanceVariable(sql), ...measureVariables(sql), consoleVariable()],
    sections: [
      {
        title: `Guests beside bare metal · ${what}`,
        height: 10,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: `Medians by hypervisor · ${what}`,
                description:
                  'Medians over the hosts of each host’s median, in nanoseconds; the ratio is to bare hosts of the same generation, executor, kernel and KPTI state, if there are any, and none where a side mixes microcodes of one CPU model or settings. Other hosts, other machines: no verdict. The ratio’s link asks the coordinator for one.',
                unit: units.ns,
                noValue: 'no guest was measured in this time',
              },
              sql('virtualization', { cell: cellOf('series.executor'), selector: selectorOf }),
              { hosts: units.count, 'noisy hosts': units.count, 'bare hosts': units.count, 'to bare': units.ratio },
            )
              .overrideByName('virtualization', width(110))
              .overrideByName('executor', width(95))
              .overrideByName('KPTI', width(80))
              .overrideByName('kernel', atLeast(130))
              .overrideByName('median', whenEmpty('clock not known'))
              .overrideByName('bare hosts', whenEmpty('0'))
              .overrideByName('bare median', whenEmpty('none alike'))
              .overrideByName('to bare', [
                ...unitOverride(units.ratio),
                ...decimals(3),
                ...whenEmpty('–'),
                ...linked(judgedAgainst('a', 'b')),
              ])
              .overrideByName('generation', [
                ...width(150),
                ...inItsColour,
                ...linked(toSideB('cell'), toTrends('cell')),
              ])
              .overrideByName('cell', hiddenColumn)
              .overrideByName('a', hiddenColumn)
              .overrideByName('b', hiddenColumn),
          },
        ],
      },
      {
        title: 'Traps beside crossings · $provenance',
        height: 12,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: 'All that is measured, side by side · $provenance',
                description:
                  'Medians over the hosts of each host’s median, in nanoseconds. CPUID (cpuid_rt) leaves a guest for its hypervisor and returns; a fault or a system call (u2k, k2u, pf_rt, syscall_rt) mostly does not.',
                unit: units.ns,
                noValue: 'no results in this time',
              },
              sql('traps', { cell: cellOf('series.executor'), ofHost, ofCell }),
              { hosts: units.count, 'noisy hosts': units.count },
            )
              .overrideByFieldType('number', [...atLeast(115), ...whenEmpty('not measured')])
              .overrideByName('generation', [...width(480), ...inItsColour, ...linked(toSideB(), toTrends())]),
          },
        ],
      },
      accessSection(queries),
    ],
  };
}
