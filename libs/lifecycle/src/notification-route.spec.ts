import { describe, expect, it } from '@jest/globals';
import type { RouteSpec } from '#contracts';
import { type NotificationRoute, type NotificationRouteCommand, notificationRouteDecider, Refused } from './index.js';

const [target, other] = ['018f3f5e-0000-7000-8000-000000000001', '018f3f5e-0000-7000-8000-000000000002'];
const spec: RouteSpec = {
  ...{ format: 'slack', causes: ['regression'], selector: '*', groupBy: 'rack', origin: 'https://hooks.example' },
};
const set = (more: Partial<RouteSpec> = {}, targetId = target): NotificationRouteCommand => ({
  ...{ type: 'set', name: 'ops', spec: { ...spec, ...more }, targetId },
});
const pause: NotificationRouteCommand = { type: 'pause', note: null };
const resume: NotificationRouteCommand = { type: 'resume' };
const remove: NotificationRouteCommand = { type: 'remove', note: null };
const rotate: NotificationRouteCommand = { type: 'rotate', targetId: other };

const { decide, evolve, initial } = notificationRouteDecider;
const after = (...commands: NotificationRouteCommand[]): NotificationRoute =>
  commands.reduce<NotificationRoute>((state, command) => decide(command, state).reduce(evolve, state), initial);
const types = (command: NotificationRouteCommand, state: NotificationRoute): string[] =>
  decide(command, state).map(({ type }) => type);

describe('a route of notifications', () => {
  it('is set once as long as it is the same', () => {
    expect(types(set(), 'new')).toEqual(['NotificationRouteSet']);
    expect(types(set(), after(set()))).toEqual([]);
    expect(types(set({ causes: ['noise'] }), after(set()))).toEqual(['NotificationRouteSet']);
    expect(types(set({}, other), after(set()))).toEqual(['NotificationRouteSet']);
    expect(types(set(), after(set(), remove))).toEqual(['NotificationRouteSet']);
  });

  it('stays paused when it is changed, and is active when it is made anew', () => {
    expect(after(set(), pause, set({ groupBy: 'hall' }))).toMatchObject({ state: 'paused', spec: { groupBy: 'hall' } });
    expect(after(set(), pause, resume)).toMatchObject({ state: 'active' });
    expect(after(set(), pause, remove, set())).toMatchObject({ state: 'active' });
  });

  it('is paused, resumed and removed once', () => {
    expect(types(pause, after(set(), pause))).toEqual([]);
    expect(types(resume, after(set()))).toEqual([]);
    expect(types(remove, after(set(), remove))).toEqual([]);
  });

  it('keeps all but its target when the secret is rotated', () => {
    expect(after(set(), pause, rotate)).toEqual({ name: 'ops', spec, targetId: other, state: 'paused' });
  });

  it('takes nothing but being set when there is none, or it was removed', () => {
    for (const command of [pause, resume, rotate]) {
      expect(() => types(command, 'new')).toThrow(Refused);
      expect(() => types(command, after(set(), remove))).toThrow(Refused);
    }
    expect(() => types(remove, 'new')).toThrow(Refused);
  });
});
