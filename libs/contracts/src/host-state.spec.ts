import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  hostActions,
  hostActionSchema,
  hostPermits,
  hostServiceSchema,
  hostStateOf,
  hostStateSchema,
  jobSpecSchema,
  whatToDo,
} from './index.js';

const page = readFileSync(new URL('../../../docs/hosts.md', import.meta.url), 'utf8');
/** The rows of the page's table whose head begins so. */
const rowsUnder = (head: string): string[][] => {
  const lines =
    page
      .slice(page.indexOf(`| ${head}`))
      .split('\n\n')[0]
      ?.split('\n') ?? [];
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
};
const yesNo = (holds: boolean) => (holds ? 'yes' : 'no');

describe('the state of a host', () => {
  it.each([
    [null, null, 'never'],
    [null, false, 'online'],
    [null, true, 'silent'],
    ['in-service', null, 'never'],
    ['in-service', false, 'online'],
    ['in-service', true, 'silent'],
    ...hostServiceSchema
      .exclude(['in-service'])
      .options.flatMap((service) => [null, false, true].map((silent) => [service, silent, service] as const)),
  ] as const)('of which was said %p and whose silence is %p is %s', (service, silent, state) => {
    expect(hostStateOf(service, silent)).toBe(state);
  });

  it('permits what docs/hosts.md says', () => {
    expect(rowsUnder('state ').map(([state, _meaning, ...permits]) => [state, ...permits])).toEqual(
      hostStateSchema.options.map((state) => {
        const { selected, tickets, job, missed } = hostPermits[state];
        return [state, yesNo(selected), yesNo(tickets), job, yesNo(missed)];
      }),
    );
  });

  it('is changed by actions as docs/hosts.md says', () => {
    const actions = hostActionSchema.options;
    expect(rowsUnder('from \\ action')).toEqual(
      hostServiceSchema.options.map((from) => [
        from,
        ...actions.map((action) => {
          const to = hostActions[action][from];
          return to === null ? 'refused' : to === from ? '–' : to;
        }),
      ]),
    );
  });
});

describe('what a job does about a host', () => {
  it('is what its spec says, else what the state has', () => {
    expect(whatToDo('silent')).toBe('wait');
    expect(whatToDo('silent', { silent: 'skip' })).toBe('skip');
    expect(whatToDo('never', { silent: 'fail' })).toBe('fail');
    expect(whatToDo('quarantined', { silent: 'fail' })).toBe('skip');
    expect(whatToDo('quarantined', { quarantined: 'wait' })).toBe('wait');
    expect(whatToDo('online', { silent: 'fail' })).toBe('run');
  });

  it('never makes a removed host run', () => {
    expect(whatToDo('removed', { silent: 'wait', draining: 'wait', quarantined: 'wait' })).toBe('fail');
  });

  it('is left out of a spec that says nothing of it, so that its hash stays what it was', () => {
    expect(jobSpecSchema.parse({ selector: '*' })).not.toHaveProperty('unavailable');
    expect(jobSpecSchema.safeParse({ selector: '*', unavailable: { silent: 'ignore' } }).success).toBe(false);
  });
});
