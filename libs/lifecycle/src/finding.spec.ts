import { describe, expect, it } from '@jest/globals';
import type { ConfirmationFigures, FindingMovement } from '#contracts';
import { type Finding, type FindingCommand, findingDecider, mostTries, Refused } from './index.js';

const findingId = '018f3f5e-0000-7000-8000-000000000001';
const jobOf = (n: number): string => `018f3f5e-0000-7000-8000-00000000000${n + 1}`;
const basis = { from: '2026-11-01', to: '2026-11-20', digest: 'a'.repeat(64) };
const movement: FindingMovement = {
  ...{ kind: 'step', direction: 'up', probe: 'pf', metric: 'u2k', alsoIn: [] },
  ...{
    executor: 'simulator',
    provenance: 'simulated',
    ratio: 1.08,
    interval: null,
    beforeNs: 50,
    effectNs: 4,
    p: 1e-5,
  },
  ...{ fromDay: '2026-11-15', toDay: '2026-11-15', hosts: ['h1', 'h2'], generations: ['Zen-3'] },
  ...{ firstRuns: [], common: [], suspects: [] },
};
const figures = (verdict: ConfirmationFigures['verdict']): ConfirmationFigures => ({
  ...{ verdict, ratio: 1.08, interval: null, method: null, hosts: 2, controlHosts: 5, runs: 70, reason: 'as it is' },
});
const see = (more: Partial<FindingMovement> = {}): FindingCommand => ({
  ...{ type: 'see', findingId, movement: { ...movement, ...more }, basis, reason: 'h3 joined' },
});
const ask = (n: number): FindingCommand => ({
  ...{ type: 'askConfirmation', jobId: jobOf(n), hosts: ['h1', 'h2'], controlHosts: ['h4', 'h5', 'h6'] },
  faults: 10_000,
});
const judge = (n: number, verdict: ConfirmationFigures['verdict']): FindingCommand => ({
  ...{ type: 'judge', jobId: jobOf(n), figures: figures(verdict) },
});

const after = (...commands: FindingCommand[]): Finding =>
  commands.reduce<Finding>(
    (state, command) => findingDecider.decide(command, state).reduce(findingDecider.evolve, state),
    findingDecider.initial,
  );
const types = (command: FindingCommand, state: Finding): string[] =>
  findingDecider.decide(command, state).map(({ type }) => type);

describe('a finding', () => {
  it('is suspected once, and revised where a later look sees it otherwise', () => {
    expect(types(see(), 'new')).toEqual(['RegressionSuspected']);
    expect(types(see({ ratio: 1.09, p: 1e-9 }), after(see()))).toEqual([]);
    expect(types(see({ hosts: ['h1', 'h2', 'h3'] }), after(see()))).toEqual(['RegressionRevised']);
    expect(types(see({ toDay: '2026-11-16' }), after(see()))).toEqual(['RegressionRevised']);
  });

  it('of noise needs no fresh runs', () => {
    expect(types(see({ kind: 'noise' }), 'new')).toEqual(['RegressionSuspected', 'RegressionDetected']);
    expect(types(ask(1), after(see({ kind: 'noise' })))).toEqual([]);
  });

  it('is confirmed by a verdict in its direction only', () => {
    const asked = after(see(), ask(1));
    expect(types(judge(1, 'slower'), asked)).toEqual(['RegressionDetected']);
    for (const verdict of ['faster', 'equal', 'inconclusive'] as const)
      expect(types(judge(1, verdict), asked)).toEqual(['RegressionNotConfirmed']);
    expect(types(judge(1, 'faster'), after(see({ direction: 'down' }), ask(1)))).toEqual(['RegressionDetected']);
  });

  it('is judged once a job, and asked for again neither while a job is under way nor more often than it may', () => {
    expect(types(ask(2), after(see(), ask(1)))).toEqual([]);
    expect(types(judge(1, 'slower'), after(see(), ask(1), judge(1, 'equal')))).toEqual([]);
    expect(types(judge(2, 'slower'), after(see(), ask(1)))).toEqual([]);
    const often = [1, 2, 3].flatMap((n) => [ask(n), judge(n, 'inconclusive')]);
    expect(often).toHaveLength(2 * mostTries);
    expect(types(ask(4), after(see(), ...often))).toEqual([]);
    expect(types(ask(2), after(see(), ask(1), judge(1, 'slower')))).toEqual([]);
  });

  it('may be confirmed while people speak of it, and what they repeat changes nothing', () => {
    const said = after(see(), ask(1), { type: 'expect', note: 'firmware test' }, judge(1, 'slower'));
    expect(said).toMatchObject({ confirmed: true, expected: 'firmware test' });
    expect(types({ type: 'expect', note: 'firmware test' }, said)).toEqual([]);
    expect(types({ type: 'reopen', note: 'it was not' }, said)).toEqual(['RegressionReopened']);
    expect(types({ type: 'reopen', note: 'again' }, after(see()))).toEqual([]);
  });

  it('is muted until its end', () => {
    const muted = after(see(), { type: 'mute', until: '2026-12-01T00:00:00.000Z', note: 'holidays' });
    expect(types({ type: 'unmute', now: '2026-11-30T00:00:00.000Z' }, muted)).toEqual([]);
    expect(types({ type: 'unmute', now: '2026-12-01T00:00:00.000Z' }, muted)).toEqual(['RegressionUnmuted']);
    expect(types({ type: 'unmute', now: '2026-12-01T00:00:00.000Z' }, after(see()))).toEqual([]);
  });

  it('that is resolved is not found again by the days that it is still in', () => {
    const resolved = after(see(), ask(1), judge(1, 'slower'), { type: 'resolve', byItself: true, note: 'back' });
    expect(types(see({ hosts: ['h1', 'h2', 'h3'] }), resolved)).toEqual([]);
    expect(types({ type: 'resolve', byItself: false, note: 'x' }, resolved)).toEqual([]);
    expect(types({ type: 'reopen', note: 'not quite' }, resolved)).toEqual(['RegressionReopened']);
  });

  it('that was withdrawn is suspected anew when it is there again, with the tries that are left', () => {
    const withdrawn = after(see(), ask(1), judge(1, 'slower'), { type: 'withdraw', reason: 'late runs' });
    expect(() => types({ type: 'acknowledge', note: null }, withdrawn)).toThrow(Refused);
    expect(types({ type: 'withdraw', reason: 'again' }, withdrawn)).toEqual([]);
    const again = [see()].flatMap((command) => findingDecider.decide(command, withdrawn));
    expect(again.map(({ type }) => type)).toEqual(['RegressionSuspected']);
    expect(again.reduce(findingDecider.evolve, withdrawn)).toMatchObject({
      ...{ withdrawn: false, confirmed: false, tries: [{ try: 1 }] },
    });
  });

  it('that goes away is resolved where fresh runs had confirmed it, and else withdrawn for good', () => {
    const goAway: FindingCommand = { type: 'goAway', how: 'back where they were' };
    expect(types(goAway, after(see(), ask(1), judge(1, 'slower')))).toEqual(['RegressionResolved']);
    for (const unconfirmed of [after(see()), after(see(), ask(1), judge(1, 'equal'))]) {
      expect(findingDecider.decide(goAway, unconfirmed)).toEqual([
        {
          type: 'RegressionWithdrawn',
          data: {
            ...{ findingId, wentAway: true },
            reason: 'it went away before fresh runs confirmed it: back where they were',
          },
        },
      ]);
    }
    const gone = after(see(), goAway);
    expect([types(see(), gone), types(goAway, gone)]).toEqual([[], []]);
    expect(() => types({ type: 'resolve', byItself: false, note: 'x' }, gone)).toThrow('was withdrawn');
  });

  it('says once for a reason why it waits', () => {
    const waits: FindingCommand = { type: 'holdUp', reason: 'waits for hosts' };
    expect(types(waits, after(see()))).toEqual(['ConfirmationHeldUp']);
    expect(types(waits, after(see(), waits))).toEqual([]);
    expect(types(waits, after(see(), waits, ask(1)))).toEqual(['ConfirmationHeldUp']);
  });

  it('that does not exist is refused', () => {
    expect(() => types({ type: 'resolve', byItself: false, note: 'x' }, 'new')).toThrow('there is no such finding');
  });
});
