import type { Board } from './board.js';
import { kptiOf, selectorOf } from './cell.js';
import { isNoisy } from './noisy.js';
import { boardUids, judgedAgainst, linked } from './links.js';
import { decimals, hiddenColumn, table, units, whenEmpty, width, wrapped } from './panels.js';
import { queryText, type Queries } from './queries.js';
import { consoleVariable, measureVariables, provenanceVariable } from './variables.js';

const what = '$probe $metric · $provenance';
/** Below it a day or two would be most of a level. */
const leastDays = 3;

const generation = `coalesce(boot.boot_state #>> '{cpu,generation}', 'unknown')`;
const machine = `${generation} || ' / ' || coalesce(boot.boot_state ->> 'virtualization', 'unknown') || ' / ' || series.executor`;
const kernel = `coalesce(boot.boot_state ->> 'kernelRelease', 'unknown')`;
const mitigations = `coalesce((SELECT string_agg(one.key || ': ' || one.value, ', ' ORDER BY one.key) FROM jsonb_each_text(boot.boot_state -> 'mitigations') AS one), 'unknown')`;

/** What one thing costs: hosts that were measured under both, each beside itself, all else that is compared being the same. */
const effects = [
  { name: 'Kernel', of: 'kernels', same: `${machine} || ' / KPTI ' || ${kptiOf}`, varies: kernel },
  {
    name: 'Page-table isolation',
    of: 'KPTI states',
    same: `${machine} || ' / ' || ${kernel}`,
    varies: `'KPTI ' || ${kptiOf}`,
  },
  {
    name: 'Mitigations',
    of: 'sets of mitigations',
    same: `${machine} || ' / ' || ${kernel} || ' / KPTI ' || ${kptiOf}`,
    varies: mitigations,
  },
  {
    name: 'Microcode',
    of: 'microcodes',
    same: `${machine} || ' / ' || ${kernel} || ' / KPTI ' || ${kptiOf}`,
    varies: `coalesce(boot.boot_state ->> 'microcode', 'unknown')`,
  },
] as const;

export function effectsBoard(queries: Queries): Board {
  const sql = (name: string, parameters?: Record<string, string>) => queryText(queries, name, parameters);

  return {
    uid: boardUids.effects,
    title: 'Mitigations and kernels',
    description:
      'What each kernel, page-table isolation, mitigations and microcode cost where, as ratios of the same hosts under both.',
    from: 'now-1y',
    variables: [provenanceVariable(), ...measureVariables(sql), consoleVariable()],
    sections: effects.map(({ name, of, same, varies }) => ({
      title: `${name} · ${what}`,
      height: 9,
      panels: [
        {
          width: 24,
          panel: table(
            {
              title: `${name} · ${what}`,
              description: `Hosts measured on ${leastDays} days or more under both ${of}: the median of each host’s ratio, later against earlier; above 1, the later one is slower. The interval, of six hosts or more, is from the lowest to the highest of them: it holds the median host’s true ratio in 95 % of cases or more. What drifted meanwhile is in it: no verdict. The ratio’s link asks the coordinator for one.`,
              unit: units.ratio,
              noValue: `no host was measured under two ${of}, all else being the same`,
            },
            sql('paired-hosts', { noisy: isNoisy, same, varies, selector: selectorOf, leastDays: String(leastDays) }),
            { hosts: units.count, 'noisy hosts': units.count },
          )
            .overrideByName('where', [...width(330), ...wrapped])
            .overrideByName('from', wrapped)
            .overrideByName('to', wrapped)
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
  };
}
