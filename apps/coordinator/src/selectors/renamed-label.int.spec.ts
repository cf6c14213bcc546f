import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { Comparison, HostView, JobView, Page } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';

const note = 'the label "series" is called "kernel-series" now; the old name is still understood';

describe('the label series of earlier releases', () => {
  let fleet: CoordinatorUnderTest;
  const hostsOf = async (selector: string) =>
    (await fleet.ask<Page<HostView>>(`/v1/hosts?selector=${encodeURIComponent(selector)}`)).body.items;
  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1')]);
    // A job that an earlier release took, and schedules of today, say it so.
    const spec = { selector: 'series=6.1', runsPerHost: 2, faults: 20, warmup: 0 };
    const job = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec })).body;
    await measureJob(fleet, job);
  });
  afterAll(() => fleet.stop());

  it('selects hosts and runs, with a note where the answer has room for one', async () => {
    expect(await hostsOf('series=6.1')).toHaveLength(1);
    expect(await hostsOf('series!=6.1')).toHaveLength(0);
    const ask = async (text: string) =>
      (await fleet.ask<Comparison>(`/v1/compare?a=${encodeURIComponent(text)}&b=host%3Dh1&metric=u2k`)).body;
    const [old, today] = [await ask('series=6.1'), await ask('kernel-series=6.1')];
    expect(old.warnings).toEqual([note, ...today.warnings]);
    expect({ ...old.a, selector: '' }).toEqual({ ...today.a, selector: '' });
    expect(old.a.runs).toBe(2);
  });

  it('is renamed in what a read model holds already, as in one that is rebuilt', async () => {
    const admin = new pg.Client({ connectionString: fleet.database.adminUrl });
    await admin.connect();
    const stored = async () => {
      const all = 'SELECT labels FROM hosts UNION ALL SELECT labels FROM runs';
      const known = "SELECT key, value FROM label_values WHERE key IN ('series', 'kernel-series')";
      return { labels: (await admin.query(all)).rows, known: (await admin.query(known)).rows };
    };
    try {
      const wanted = await stored();
      expect(wanted).toMatchObject({ labels: { length: 3 }, known: [{ key: 'kernel-series', value: '6.1' }] });
      await admin.query(`
        UPDATE hosts SET labels = jsonb_build_object('series', labels->'kernel-series') || (labels - 'kernel-series');
        UPDATE runs SET labels = jsonb_build_object('series', labels->'kernel-series') || (labels - 'kernel-series');
        UPDATE label_values SET key = 'series' WHERE key = 'kernel-series';`);
      expect(await stored()).not.toEqual(wanted);
      await admin.query(await readFile('prisma/migrations/20261126001400_kernel_series_label/migration.sql', 'utf8'));
      expect(await stored()).toEqual(wanted);
    } finally {
      await admin.end();
    }
  });
});
