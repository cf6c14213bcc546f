import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { FindingDetail, Findings, JobView, Looks, Page, Problem } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { eventually } from '../../../../test/eventually.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { untilFilled } from '../../../../test/fleet/read-model.js';
import { bootState, dateOf, recordDays, today } from '../../../../test/fleet/recorded-days.js';

jest.setTimeout(120_000);

const moved = ['m1', 'm2', 'm3'];
const still = ['s1', 's2', 's3', 's4'];
const day = today();
/** Of samples 20 apart by 1 cycle each. */
const half = 9.5;

describe('regressions of a fleet whose hosts are measured', () => {
  let fleet: CoordinatorUnderTest;
  const list = async (query = ''): Promise<Findings> => (await fleet.ask<Findings>(`/v1/regressions${query}`)).body;
  const post = <T>(path: string, json: unknown = {}) => fleet.ask<T>(path, { method: 'POST', json });

  beforeAll(async () => {
    // Looks when asked; the workers of this test beat once.
    fleet = await startCoordinator({ REGRESSION_LOOK_EVERY_MIN: 'off', LEASE_MS: '3600000' });
    await untilFilled(fleet.db);
    await fleet.register(
      'w1',
      [...moved, ...still].map((host) => simulatedHost(host)),
    );
    const boot = await bootState(fleet.db, '0x49');
    const base = { bootStateHash: boot, from: day - 40, to: day, faults: 20 };
    for (const hostId of moved)
      await recordDays(fleet.db, { hostId, ...base, level: (now) => (now >= day - 10 ? 3_240 : 3_000) });
    for (const hostId of still) await recordDays(fleet.db, { hostId, ...base, level: () => 3_000 });
  });
  afterAll(() => fleet.stop());

  it('are looked for when asked, and confirmed by a job of the fleet itself', async () => {
    expect((await fleet.ask<Looks>('/v1/regressions/look')).body).toEqual({ latest: null, nextAt: null });
    const { status, body } = await post<Looks>('/v1/regressions/look');
    expect(status).toBe(202);
    expect(body.latest).toMatchObject({ by: 'key:local' });
    await eventually('the look is done', async () => {
      const { latest } = (await fleet.ask<Looks>('/v1/regressions/look')).body;
      expect(latest?.failure ?? null).toBeNull();
      return latest?.state === 'done';
    });
    expect((await list()).items).toEqual([]);
    let job: JobView | undefined;
    await eventually('the fleet submits a job', async () => {
      [job] = (await fleet.ask<Page<JobView>>('/v1/jobs')).body.items;
      return job !== undefined;
    });
    expect(job).toMatchObject({ submittedBy: 'xperf-fleet', spec: { hosts: moved, runsPerHost: 10, faults: 20 } });
    if (job === undefined) return;
    await measureJob(fleet, job, ({ hostId }) => (moved.includes(hostId) ? 3_240 : 3_000) - half);
    await eventually('the finding is confirmed', async () => (await list()).items.length === 1);
    const { items, counts } = await list();
    expect(items[0]).toMatchObject({
      ...{ state: 'open', hosts: moved, fromDay: dateOf(day - 10), toDay: dateOf(day - 10) },
      confirmation: { jobId: job.jobId, figures: { verdict: 'slower', hosts: 3, controlHosts: 4, runs: 30 } },
    });
    expect(counts).toMatchObject({ open: 1, suspected: 0 });
  });

  it('are read with their history, and their comparison gives the same again', async () => {
    const { findingId } = (await list()).items[0] ?? { findingId: '' };
    const { body } = await fleet.ask<FindingDetail>(`/v1/regressions/${findingId}`);
    expect(body.history.map(({ event, by }) => [event, by])).toEqual([
      ['RegressionSuspected', 'xperf-fleet'],
      ['ConfirmationAsked', 'xperf-fleet'],
      ['RegressionDetected', 'xperf-fleet'],
    ]);
    const [, a, b, control] = /^xf compare '(.*)' '(.*)' --probe pf --metric u2k --control '(.*)' --confidence/.exec(
      body.commands.compare ?? '',
    ) ?? ['', '', '', ''];
    const query = new URLSearchParams({
      a: a ?? '',
      b: b ?? '',
      control: control ?? '',
      metric: 'u2k',
      confidence: String(1 - 0.05 / 3),
    });
    const { body: comparison } = await fleet.ask<{ verdict: string; ratio: number }>(`/v1/compare?${query}`);
    expect(comparison).toMatchObject({ verdict: 'slower', ratio: body.confirmation?.figures?.ratio });
    expect((await fleet.ask<{ series: unknown[] }>(body.trends)).body.series).toHaveLength(3);
  });

  it('are written as a page that runs nothing and loads nothing', async () => {
    const { findingId } = (await list()).items[0] ?? { findingId: '' };
    const { body } = await fleet.ask<FindingDetail>(`/v1/regressions/${findingId}`);
    const reply = await fleet.request(`/v1/regressions/${findingId}/report`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="finding.html"');
    const html = await reply.text();
    for (const host of moved) expect(html).toContain(`aria-label="${host}: from `);
    for (const { text } of body.history) expect(html).toContain(text);
    expect(html).toContain('B is slower than A');
    expect(html).toContain(`job=${body.confirmation?.jobId}`);
    expect(html).toContain('#/runs/');
    expect(html).toContain('xf compare ');
    expect(html).toContain(body.findingId);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|src=|url\((?!#)| on[a-z]+=/i);
    expect((await fleet.request(`/v1/regressions/${randomUUID()}/report`)).status).toBe(404);
  });

  it('are filtered, paged and spoken of', async () => {
    const { findingId } = (await list()).items[0] ?? { findingId: '' };
    const of = async (query: string): Promise<number> => (await list(query)).items.length;
    expect([await of('?host=m1'), await of('?host=s1'), await of('?generation=Haswell-EP')]).toEqual([1, 0, 1]);
    expect([await of('?since=5d'), await of('?since=20d'), await of('?state=suspected')]).toEqual([0, 1, 0]);
    expect(await of(`?ending=${findingId.slice(-6)}`)).toBe(1);
    const act = async (what: string, json: object) =>
      (await post<FindingDetail>(`/v1/regressions/${findingId}/${what}`, json)).body.state;
    expect(await act('acknowledge', {})).toBe('acknowledged');
    expect(await act('mute', { until: '14d', note: 'on holiday' })).toBe('muted');
    expect(await act('expected', { note: 'new firmware' })).toBe('expected');
    await eventually('the list follows', async () => (await list()).counts.expected === 1);
    expect(await of('')).toBe(0);
    expect(await act('reopen', { note: 'it was not' })).toBe('open');
    await eventually('the list follows', async () => (await list()).counts.open === 1);
  });

  it('refuse what can not be', async () => {
    const { findingId } = (await list()).items[0] ?? { findingId: '' };
    const refused = async (path: string, json?: object) => {
      const { status, body } = json === undefined ? await fleet.ask<Problem>(path) : await post<Problem>(path, json);
      return [status, body.detail];
    };
    const one = `/v1/regressions/${findingId}`;
    expect(await refused(`/v1/regressions/${randomUUID()}`)).toMatchObject([
      404,
      expect.stringContaining('no finding'),
    ]);
    expect(await refused(`/v1/regressions/${randomUUID()}/resolve`, { note: 'x' })).toMatchObject([
      404,
      expect.anything(),
    ]);
    expect(await refused('/v1/regressions?state=new')).toMatchObject([
      400,
      expect.stringContaining('there are suspected'),
    ]);
    expect(await refused(`${one}/resolve`, {})).toMatchObject([400, expect.stringContaining('note')]);
    expect(await refused(`${one}/mute`, { note: 'x', until: '2020-01-01' })).toMatchObject([
      400,
      expect.stringContaining('is over'),
    ]);
    expect(await refused(`${one}/mute`, { note: 'x', until: '400d' })).toMatchObject([
      400,
      expect.stringContaining('366 days'),
    ]);
    expect(await refused(`${one}/mute`, { note: 'x', until: 'soon' })).toMatchObject([
      400,
      expect.stringContaining('is no time'),
    ]);
    expect(await refused('/v1/regressions/look', { since: '99999d' })).toMatchObject([
      400,
      expect.stringContaining('1,830 days'),
    ]);
    expect(await refused('/v1/regressions?cursor=bm8')).toMatchObject([400, expect.stringContaining('cursor')]);
  });
});
