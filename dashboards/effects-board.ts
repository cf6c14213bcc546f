import { accessSection } from './access-panel.js';
import type { Board } from './board.js';
import { demoOf, kptiOf, selectorOf } from './cell.js';
import { microcodeOf, settingsOf } from './conditions.js';
import { leastForInterval } from './fragments.js';
import { boardUids, judgedAgainst, linked, toHost, toItsHosts, toTrendsOfKernel } from './links.js';
import { decimals, units, whenEmpty } from './fields.js';
import { atLeast, hiddenColumn, inItsColour, table, width, wrapped } from './table.js';
import { queryText, type Queries } from './queries.js';
import { consoleVariable, measureVariables, provenanceVariable, type Sql } from './variables.js';

const what = '$probe $metric · $provenance';
/** Below it a day or two would be most of a level. */
const leastDays = 3;

const machine = `boot.generation || ' / ' || boot.virtualization || ' / ' || series.executor`;
const kernel = `boot.kernel`;
const mitigations = `coalesce(boot.mitigations, 'unknown')`;
/** What a selector says of the boot state besides the cell. */
const fieldsLike = (pattern: string): string =>
  `(SELECT string_agg(', ' || field.key || '=' || field.value, '' ORDER BY field.key) FROM jsonb_each_text(boot.fields) AS field WHERE field.key LIKE '${pattern}')`;

/** What one thing costs: hosts that were measured under both, each beside itself, all else that is compared being the same. */
const effects = [
  { name: 'Kernel', of: 'kernels', same: `${machine} || ' / KPTI ' || ${kptiOf}`, varies: kernel, besides: `''` },
  {
    name: 'Page-table isolation',
    of: 'KPTI states',
    same: `${machine} || ' / ' || ${kernel}`,
    varies: `'KPTI ' || ${kptiOf}`,
    besides: `''`,
  },
  {
    name: 'Mitigations',
    of: 'sets of mitigations',
    same: `${machine} || ' / ' || ${kernel} || ' / KPTI ' || ${kptiOf}`,
    varies: mitigations,
    besides: fieldsLike('mitigation.%'),
  },
  {
    name: 'Microcode',
    of: 'microcodes',
    same: `${machine} || ' / ' || ${kernel} || ' / KPTI ' || ${kptiOf}`,
    varies: microcodeOf,
    besides: fieldsLike('microcode'),
  },
] as const;

/** Trends knows kernels by name; of the others, the pair as the coordinator compares it. */
const ofVariant = (name: string) => (name === 'Kernel' ? toTrendsOfKernel() : judgedAgainst('a', 'b'));

export function effectsBoard(queries: Queries): Board {
  const sql: Sql = (name, parameters) => queryText(queries, name, parameters);

  return {
    uid: boardUids.effects,
    title: 'Mitigations and kernels',
    description:
      'What each kernel, page-table isolation, mitigations and microcode cost where, as ratios of the same hosts under both.',
    from: 'now-1y',
    variables: [provenanceVariable(sql), ...measureVariables(sql), consoleVariable()],
    sections: [
      ...effects.map(({ name, of, same, varies, besides }) => ({
        title: `${name} · ${what}`,
        height: 9,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: `${name} · ${what}`,
                description: `Hosts measured on ${leastDays} days or more under both ${of}, with the same ${name === 'Microcode' ? '' : 'microcode, '}SMT, turbo, governor and hypervisor: the median of each host’s ratio, later against earlier; above 1, the later one is slower. The interval, from ${leastForInterval} hosts, holds the median host’s true ratio in 95 % of cases or more. What drifted meanwhile is in it: no verdict. The ratio’s link asks the coordinator for one.`,
                unit: units.ratio,
                noValue: `no host was measured under two ${of}, all else being the same`,
              },
              sql('paired-hosts', {
                same: `${same} || ${demoOf}`,
                varies,
                unchanged: name === 'Microcode' ? settingsOf : `${microcodeOf} || ', ' || ${settingsOf}`,
                selector: `${selectorOf} || coalesce(${besides}, '')`,
                leastDays: String(leastDays),
              }),
              { hosts: units.count, 'noisy hosts': units.count },
            )
              .overrideByName('where', [...width(330), ...inItsColour, ...linked(toItsHosts('first host'))])
              .overrideByName('first host', [...width(140), ...wrapped, ...linked(toHost())])
              .overrideByName('from', [...atLeast(220), ...wrapped, ...linked(ofVariant(name))])
              .overrideByName('to', [...atLeast(220), ...wrapped, ...linked(ofVariant(name))])
              .overrideByName('hosts', width(80))
              .overrideByName('noisy hosts', width(80))
              .overrideByName('ratio', [...width(80), ...decimals(4), ...linked(judgedAgainst('a', 'b'))])
              .overrideByName('interval from', [...width(110), ...decimals(4), ...whenEmpty('too few hosts')])
              .overrideByName('interval to', [...width(110), ...decimals(4), ...whenEmpty('too few hosts')])
              .overrideByName('a', hiddenColumn)
              .overrideByName('b', hiddenColumn),
          },
        ],
      })),
      accessSection(queries),
    ],
  };
}
