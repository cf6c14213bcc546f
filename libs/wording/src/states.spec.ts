import { describe, expect, it } from '@jest/globals';
import { jobOutcomeSchema, jobStateSchema, runStateSchema } from '#contracts';
import {
  attemptText,
  endedRuns,
  failedRuns,
  jobStateName,
  jobStates,
  onOff,
  runsByState,
  runStates,
  runStateText,
} from './states.js';

describe('states in words', () => {
  it('has a meaning for every state that there is, runs in the order of their life', () => {
    expect(Object.keys(runStates)).toEqual(runStateSchema.options);
    expect(Object.keys(jobStates)).toEqual([...jobStateSchema.options, ...jobOutcomeSchema.options]);
  });

  it('names a job by how it ended, once it has', () => {
    expect(jobStateName({ state: 'running', outcome: null })).toBe('running');
    expect(jobStateName({ state: 'ended', outcome: 'partial' })).toBe('partial');
  });

  it('says why a run gave no result', () => {
    const failure = { code: 'machine-busy', message: '', remedy: '' };
    expect(runStateText({ state: 'completed', failure: null })).toBe('completed');
    expect(runStateText({ state: 'failed', failure })).toBe('failed (machine-busy)');
    expect([0, 2].map(attemptText)).toEqual(['not attempted yet', 'attempt 2']);
    expect([true, false, null].map(onOff)).toEqual(['on', 'off', 'unknown']);
  });

  it('counts a job’s runs by state, those that have ended first', () => {
    const none = { planned: 0, queued: 0, started: 0, completed: 0, failed: 0, abandoned: 0, total: 0 };
    const runs = { ...none, planned: 1, completed: 1_200, failed: 2, abandoned: 1, total: 1_204 };
    expect(runsByState(runs)).toBe('1,200 completed, 2 failed, 1 abandoned, 1 planned');
    expect(runsByState(none)).toBe('0 runs');
    expect([endedRuns(runs), failedRuns(runs)]).toEqual([1_203, 3]);
  });
});
