// What boards are drawn of: the demo's year, and what goes wrong in the field.
import type pg from 'pg';
import { historyOf, writeHistory } from '#demo-history';
import { createPrisma } from '#event-store';
import { catchUp } from '../../../test/fleet/read-model.js';
import type { QueryRange } from '../../testing/grafana-sql.js';
import type { Values } from '../panel-inputs.js';
import { empty, guests, hostileNames, oneHost, outage, plantedStep, threeHundredHosts, trouble } from './fleets.js';

/** Sixty nights, in which a story has an outage and a step. */
export const shortHistory = () =>
  historyOf({ days: 60, hosts: 6, runs: 3, samples: 200, seed: 5, until: '2026-11-25' });

export const shortRange = {
  from: new Date('2026-09-26T00:00:00Z'),
  to: new Date('2026-11-27T00:00:00Z'),
  intervalMs: 7_200_000,
};

/** What a board is drawn of. */
export interface Situation {
  /** What is changed in a copy of the short history. */
  change?: (admin: pg.Client) => Promise<void>;
  range?: QueryRange;
  /** What a link set the variables to. */
  linked?: Values;
  /** The login may not read tables, or some are not there: texts stand in for what PostgreSQL would refuse. */
  unreadable?: true;
}

const span = (from: string, to: string, intervalMs: number): QueryRange => ({
  from: new Date(from),
  to: new Date(to),
  intervalMs,
});

/** Fills a migrated database's read model. */
export async function fillShortHistory(coordinatorUrl: string): Promise<void> {
  await writeHistory({ databaseUrl: coordinatorUrl, history: shortHistory() });
  const db = createPrisma(coordinatorUrl);
  await catchUp(db, coordinatorUrl);
  await db.$disconnect();
}

export const situations: Readonly<Record<string, Situation>> = {
  'an empty fleet': { change: empty },
  'one host': { change: oneHost },
  'an outage': { change: outage },
  'a planted step': { change: plantedStep },
  'hostile names': { change: hostileNames },
  'guests beside bare metal': { change: guests },
  'a fleet in trouble': { change: trouble },
  'three hundred hosts': { change: threeHundredHosts },
  'a range without data': { range: span('2024-01-01T00:00:00Z', '2024-03-01T00:00:00Z', 7_200_000) },
  'a range of one minute': { range: span('2026-11-24T02:00:00Z', '2026-11-24T02:01:00Z', 1_000) },
  'a range of five years': { range: span('2021-11-27T00:00:00Z', '2026-11-27T00:00:00Z', 172_800_000) },
  'a variable with nothing behind it': {
    linked: { metric: 'none', group: ['none'], a: 'none', b: 'none', host: 'none', run: 'no-such-run' },
  },
  'a choice that does not exist': {
    linked: {
      probe: 'syscall',
      metric: "u2'k",
      kernel: ['9.9'],
      group: ['Zen 9 / bare'],
      a: 'Zen 9 / bare',
      b: 'Zen 10 / bare',
      host: 'h-0',
    },
  },
  'a reader without rights': {
    change: async (admin) => {
      await admin.query('REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM xf_reader');
    },
    unreadable: true,
  },
  'a read model of an earlier release': {
    change: async (admin) => {
      await admin.query('DROP TABLE daily_cells, monthly_levels, ended_runs');
      await admin.query('ALTER TABLE run_stretches DROP COLUMN p95s');
      await admin.query('ALTER TABLE findings DROP COLUMN generations');
    },
    unreadable: true,
  },
};
