import { describe, expect, it } from '@jest/globals';
import type { Item } from './causes/cause-watch.js';
import { type ToldItem, whatChanged } from './what-changed.js';

const item = (key: string, group = 'r7', begins = true): Item => ({
  ...{ key, group, begins, sinceMs: 0, hosts: [key], title: key, lines: [], page: null },
});
const told = (key: string, messageId = 'm1', quietSinceMs: number | null = null): ToldItem => ({
  ...{ item: key, messageId, quietSinceMs },
});
const keysOf = (groups: Item[][]): string[][] => groups.map((group) => group.map(({ key }) => key));
const [quietMs, now] = [300, 10_000];

describe('what a look at a cause leads to', () => {
  it('is one message for all of a group that begin together', () => {
    const { begun } = whatChanged([], [item('h1'), item('h2'), item('h3', 'r8')], quietMs, now);
    expect(keysOf(begun)).toEqual([['h1', 'h2'], ['h3']]);
  });

  it('is nothing for what was told, or must not begin one', () => {
    const changes = whatChanged([told('h1')], [item('h1'), item('h2', 'r7', false)], quietMs, now);
    expect(changes).toEqual({ begun: [], quiet: [], again: [], over: [], ended: new Map() });
  });

  it('is a message for what comes later, because it is news', () => {
    expect(keysOf(whatChanged([told('h1')], [item('h1'), item('h2')], quietMs, now).begun)).toEqual([['h2']]);
  });

  it('waits before something is over, and what comes back meanwhile goes on', () => {
    expect(whatChanged([told('h1')], [], quietMs, now)).toMatchObject({ quiet: ['h1'], over: [] });
    const quiet = [told('h1', 'm1', now - quietMs + 1)];
    expect(whatChanged(quiet, [], quietMs, now)).toMatchObject({ quiet: [], over: [] });
    expect(whatChanged(quiet, [item('h1')], quietMs, now)).toMatchObject({ again: ['h1'], begun: [] });
    expect(whatChanged([told('h1', 'm1', now - quietMs)], [], quietMs, now)).toMatchObject({ over: ['h1'] });
  });

  it('ends a message when the last of its items is over', () => {
    const long = now - quietMs;
    const first = whatChanged([told('h1', 'm1', long), told('h2'), told('h3', 'm2', long)], [item('h2')], quietMs, now);
    expect(first.over).toEqual(['h1', 'h3']);
    expect([...first.ended]).toEqual([['m2', ['h3']]]);
    expect([...whatChanged([told('h2', 'm1', long)], [], quietMs, now).ended]).toEqual([['m1', ['h2']]]);
  });

  it('is over at once where nothing has to last', () => {
    expect(whatChanged([told('f1')], [], 0, now)).toMatchObject({ quiet: [], over: ['f1'] });
  });
});
