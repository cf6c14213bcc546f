import { accessSection } from './access-panel.js';
import type { Board } from './board.js';
import { boardUids, linked, toConsoleFinding, toHostOfRow, toItsHostsOfRow } from './links.js';
import { decimals, units, whenEmpty } from './fields.js';
import { hiddenColumn, inItsColour, mapped, table, verdictColours, width, wrapped } from './table.js';
import { queryText, type Queries } from './queries.js';
import { consoleVariable, provenanceVariable, type Sql } from './variables.js';

/** By where they stand: what is somebody's business first. */
const parts = [
  {
    title: 'Open',
    states: ['open'],
    none: 'nothing is open: no confirmed change of this time waits for an answer',
    about: 'Confirmed by fresh runs, or noise, which is not measured again; nobody has said anything of them.',
  },
  {
    title: 'Acknowledged, muted, expected',
    states: ['acknowledged', 'muted', 'expected'],
    none: 'no change of this time was answered: xf regressions ack, expect and mute do',
    about: 'Answered. Those without a verdict are not confirmed by fresh runs.',
  },
  {
    title: 'Suspected',
    states: ['suspected'],
    none: 'no change of this time waits for its fresh runs',
    about: 'Seen in the days, and not confirmed yet: no verdict, and no reason to tell anybody.',
  },
  {
    title: 'Over',
    states: ['resolved', 'not-confirmed', 'withdrawn'],
    none: 'no change of this time is over',
    about: 'Resolved; or fresh runs did not confirm them; or what they rested on is not there any more.',
  },
] as const;

export function regressionsBoard(queries: Queries): Board {
  const sql: Sql = (name, parameters) => queryText(queries, name, parameters);

  return {
    uid: boardUids.regressions,
    title: 'Regressions',
    description: 'Changes without a known cause: open, answered, suspected, over.',
    from: 'now-1y',
    variables: [provenanceVariable(sql), consoleVariable()],
    sections: [
      ...parts.map(({ title, states, about, none }) => ({
        title: `${title} · $provenance`,
        height: 8,
        panels: [
          {
            width: 24,
            panel: table(
              {
                title: `${title} · $provenance`,
                description: `${about} The newest 100 whose last day lies in this time, of every probe and metric. The ratio is the level after by the level before, with the interval of its fresh runs, or else of the days it was found in. xf regressions says more, and takes answers.`,
                unit: units.ratio,
                noValue: none,
              },
              sql('findings', { states: states.map((state) => `'${state}'`).join(', ') }),
              { hosts: units.count, 'first day': 'time:YYYY-MM-DD', 'last day': 'time:YYYY-MM-DD' },
            )
              .overrideByName('finding', [...width(120), ...linked(toConsoleFinding)])
              .overrideByName('id', hiddenColumn)
              .overrideByName('state', width(110))
              .overrideByName('generations', [...width(130), ...inItsColour, ...linked(toItsHostsOfRow('first host'))])
              .overrideByName('first day', width(100))
              .overrideByName('last day', width(100))
              .overrideByName('first host', linked(toHostOfRow()))
              .overrideByName('ratio', decimals(4))
              .overrideByName('interval from', [...decimals(4), ...whenEmpty('none')])
              .overrideByName('interval to', [...decimals(4), ...whenEmpty('none')])
              .overrideByName('verdict', [...width(125), ...mapped(verdictColours), ...whenEmpty('no fresh runs')])
              .overrideByName('said', [...wrapped, ...whenEmpty('–')]),
          },
        ],
      })),
      accessSection(queries),
    ],
  };
}
