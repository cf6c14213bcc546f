import { describe, expect, it } from '@jest/globals';
import { limits } from '#contracts';
import { FieldRefused, jobLabels, jobLabelsDecider, stateOf } from './index.js';

const jobId = '018f3f5e-0000-7000-8000-000000000001';
const submitted = { team: 'kernel', ticket: 'T-1' };
const { decide, initial } = jobLabelsDecider;
const label = (labels: Record<string, string | null>) => ({ type: 'label', jobId, submitted, labels }) as const;

describe("a job's labels", () => {
  it('are what it was submitted with, and what was said later', () => {
    const first = decide(label({ ticket: null, rack: 'r7', team: 'kernel' }), initial);
    expect(first).toEqual([{ type: 'JobLabelled', data: { jobId, labels: { ticket: null, rack: 'r7' } } }]);
    const changes = stateOf(jobLabelsDecider, first);
    expect(jobLabels(submitted, changes)).toEqual({ team: 'kernel', rack: 'r7' });
    const back = [...first, ...decide(label({ ticket: 'T-1' }), changes)];
    expect(jobLabels(submitted, stateOf(jobLabelsDecider, back))).toEqual({ ...submitted, rack: 'r7' });
  });

  it('that are there already, or that are taken away without being there, change nothing', () => {
    expect(decide(label({ team: 'kernel', rack: null }), initial)).toEqual([]);
    const gone = stateOf(jobLabelsDecider, decide(label({ team: null }), initial));
    expect(decide(label({ team: null }), gone)).toEqual([]);
  });

  it('are refused beyond what there is room for, but others may take their place', () => {
    const many = Object.fromEntries(Array.from({ length: limits.labelsPerHost - 2 }, (_, i) => [`l${i}`, 'x']));
    const full = stateOf(jobLabelsDecider, decide(label(many), initial));
    expect(() => decide(label({ more: 'x' }), full)).toThrow(FieldRefused);
    expect(decide(label({ more: 'x', l0: null }), full)).toHaveLength(1);
    expect(decide(label({ l0: 'y' }), full)).toHaveLength(1);
  });
});
