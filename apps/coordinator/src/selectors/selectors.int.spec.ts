import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Comparison, HostDescription, HostView, JobView, Page, Problem } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { bootStateOf, simulatedHost } from '../../../../test/fleet/hosts.js';

const stock: HostDescription = {
  hostId: 'vm',
  labels: { rack: 'r1' },
  capabilities: [{ executor: 'stock-host', probes: ['pf_rt', 'syscall_rt'], provenance: 'measured' }],
  bootState: { ...bootStateOf('Zen-4'), virtualization: 'vm' },
};

describe('a selector that names what there is not', () => {
  let fleet: CoordinatorUnderTest;
  const compare = (a: string, b: string, more = 'metric=u2k') =>
    fleet.ask<Comparison & Problem>(`/v1/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}&${more}`);
  const hosts = (selector: string) =>
    fleet.ask<Page<HostView> & Problem>(`/v1/hosts?selector=${encodeURIComponent(selector)}`);

  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1'), simulatedHost('h2', 'Ice-Lake-SP'), stock]);
    const spec = { hosts: ['h1'], runsPerHost: 5, faults: 20, warmup: 0 };
    const job = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec })).body;
    await measureJob(fleet, job);
  });
  afterAll(() => fleet.stop());

  it.each([
    ['generatoin=Haswell-EP', 'no host or run has a label "generatoin"', /^did you mean generation\? \(labels: /],
    ['!generatoin', 'no host or run has a label "generatoin"', /^did you mean generation\?/],
    ['generation=Haswel-EP', 'no host or run has generation=Haswel-EP', /^did you mean Haswell-EP\?/],
    ['generation!=Haswel-EP', 'no host or run has generation=Haswel-EP', /^did you mean Haswell-EP\?/],
    ['generation in (Haswell-EP, Zen-5)', 'no host or run has generation=Zen-5', /^did you mean Zen-4\?/],
    ['virt=VM', 'no host or run has virt=VM', /^did you mean vm\? \(values of virt: bare, /],
    ['constructor', 'no host or run has a label "constructor"', /^labels: boot-options, clock-source, command-line, /],
    ['!toString', 'no host or run has a label "toString"', /^labels: /],
  ])('%s: names the term and the nearest', async (selector, message, remedy) => {
    const error = { message, remedy: expect.stringMatching(remedy) };
    expect(await compare('host=h1', selector)).toMatchObject({
      status: 422,
      body: { errors: [{ ...error, field: 'b' }] },
    });
    expect(await compare(selector, selector)).toMatchObject({
      status: 422,
      body: {
        errors: [
          { ...error, field: 'a' },
          { ...error, field: 'b' },
        ],
      },
    });
    expect(await hosts(selector)).toMatchObject({ status: 422, body: { errors: [{ ...error, field: 'selector' }] } });
    const job = { selector, runsPerHost: 1, faults: 1 };
    expect(await fleet.ask('/v1/jobs', { method: 'POST', json: job })).toMatchObject({
      status: 422,
      body: { errors: [{ ...error, field: 'selector' }] },
    });
  });

  it('names the hosts that a job names wrongly, and the nearest', async () => {
    const json = { hosts: ['h1', 'h3', 'wm'], runsPerHost: 1, faults: 1 };
    expect(await fleet.ask('/v1/jobs', { method: 'POST', json })).toMatchObject({
      status: 422,
      body: {
        errors: [
          { field: 'hosts', message: 'there is no host h3', remedy: expect.stringMatching(/^did you mean h1 or h2/) },
          { field: 'hosts', message: 'there is no host wm', remedy: expect.stringMatching(/^did you mean vm/) },
        ],
      },
    });
  });

  it('takes labels and values that nothing has today but that exist', async () => {
    for (const selector of ['!boot-options', 'virt!=container', 'noise=quiet', 'kpti in (on,off)', 'rack', '*']) {
      expect(await hosts(selector)).toMatchObject({ status: 200 });
    }
  });

  it('says which metrics a host has instead', async () => {
    expect(await compare('host=h1', 'host=vm')).toMatchObject({
      status: 422,
      body: {
        errors: [
          {
            field: 'b',
            message: 'vm has pf_rt and syscall_rt, not pf u2k',
            remedy: 'ask for pf_rt or syscall_rt, or choose in b what has pf u2k',
          },
        ],
      },
    });
  });

  it('tells a choice that has no runs yet from one that can not have any', async () => {
    expect(await compare('host=h1', 'host=h2')).toMatchObject({
      status: 200,
      body: {
        ...{ verdict: 'inconclusive', ratio: null, a: { runs: 5 }, b: { runs: 0 } },
        reason: 'b, "host=h2", matches 1 host, which has no completed run of pf u2k yet',
      },
    });
    expect((await compare('host=h1', 'provenance=simulated,generation!=Haswell-EP')).body.reason).toMatch(
      /matches 1 host/,
    );
    expect(await compare('host=h1', 'host=vm,generation=Ice-Lake-SP')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'b', message: expect.stringMatching(/^no host and no run matches all of /) }] },
    });
  });

  it('does not list the runs of a host or job that is not there', async () => {
    expect(await fleet.ask('/v1/runs?hostId=h3')).toMatchObject({
      status: 422,
      body: { errors: [{ message: 'there is no host h3', remedy: expect.stringMatching(/^did you mean h1 or h2/) }] },
    });
    const nobody = '7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11';
    expect((await fleet.ask(`/v1/runs?jobId=${nobody}`)).status).toBe(404);
    expect((await compare('host=h1', 'host=h2', `metric=u2k&jobId=${nobody}`)).status).toBe(404);
    expect(await fleet.ask('/v1/runs?hostId=h2')).toMatchObject({ status: 200, body: { items: [] } });
  });
});
