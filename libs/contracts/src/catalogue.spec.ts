import { describe, expect, it } from '@jest/globals';
import { everyMeasure, measureLabel, metricNames, metricOf, probeNames, probeOf, defaultProbes } from './catalogue.js';
import { executorNames, executorOf, probesOf, servedExecutors } from './executors.js';
import { capabilitySchema } from './host.js';
import { compareQuerySchema } from './http/compare-query.js';
import { jobSpecSchema } from './job-spec.js';
import { readEvent } from './events/registry.js';

describe('the catalogue of probes and metrics', () => {
  it('keeps the codes of what is stored, each once and without a hole, below the mask of a byte', () => {
    const codes = Object.fromEntries(metricNames.map((name) => [name, metricOf(name).code]));
    expect(codes).toMatchObject({ u2k: 0, k2u: 1, pf_rt: 2, syscall_rt: 3, cpuid_rt: 4 });
    expect(Object.values(codes).sort()).toEqual(metricNames.map((_, code) => code));
    expect(metricNames.length).toBeLessThanOrEqual(8);
  });

  it('has a probe for each metric, and two metrics where lines hold pairs', () => {
    expect(new Set(everyMeasure().map(({ metric }) => metric))).toEqual(new Set(metricNames));
    for (const probe of probeNames) {
      const { metrics, lines } = probeOf(probe);
      expect({ probe, metrics: metrics.length }).toEqual({ probe, metrics: lines === 'pairs' ? 2 : 1 });
    }
  });

  it('gives each measure a label of its own', () => {
    const labels = everyMeasure().map(({ probe, metric }) => measureLabel(probe, metric));
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('says what an executor can run, and what it runs when nobody says', () => {
    const all = Object.fromEntries(
      servedExecutors.map((name) => [name, [probesOf(name).join(), defaultProbes(probesOf(name)).join()]]),
    );
    expect(all).toEqual({
      simulator: ['pf', 'pf'],
      'stock-host': ['pf_rt,syscall_rt,cpuid_rt', 'pf_rt,syscall_rt'],
      vm: ['pf,pf_rt,syscall_rt,cpuid_rt', 'pf'],
      'patched-host': ['pf,pf_rt,syscall_rt,cpuid_rt', 'pf'],
    });
    expect(executorNames.filter((name) => executorOf(name).readsHostLog)).toEqual(['patched-host']);
  });
});

const known = {
  probe: /there is no probe "page"; there are pf, pf_rt, /,
  metric: /there is no metric "cycles"; there are u2k, k2u, /,
  executor: /there is no executor "docker"; there are simulator, stock-host, /,
};

describe('a name that there is none of is refused with those that there are', () => {
  it.each<[string, RegExp, () => unknown]>([
    ["a job's probe", known.probe, () => jobSpecSchema.parse({ selector: '*', probes: ['page'] })],
    ["a job's executor", known.executor, () => jobSpecSchema.parse({ selector: '*', executor: 'docker' })],
    [
      "a registration's probe",
      known.probe,
      () => capabilitySchema.parse({ executor: 'vm', probes: ['page'], provenance: 'unknown' }),
    ],
    [
      "a registration's executor",
      known.executor,
      () => capabilitySchema.parse({ executor: 'docker', probes: ['pf'], provenance: 'unknown' }),
    ],
    ["a comparison's metric", known.metric, () => compareQuerySchema.parse({ a: '*', b: '*', metric: 'cycles' })],
    [
      "a stored event's probe, executor",
      known.probe,
      () => readEvent('RunQueued', 1, { probe: 'page', executor: 'stock-host' }),
    ],
    ["a stored event's executor", known.executor, () => readEvent('RunQueued', 1, { executor: 'docker' })],
    [
      "a stored event's metric",
      known.metric,
      () => readEvent('CrossingSamplesRecorded', 1, { probe: 'pf', metrics: ['cycles'] }),
    ],
  ])('%s', (_what, says, read) => {
    let said = '';
    try {
      read();
    } catch (error) {
      said = (error as { issues: { message: string }[] }).issues.map(({ message }) => message).join('\n');
    }
    expect(said).toMatch(says);
  });
});
