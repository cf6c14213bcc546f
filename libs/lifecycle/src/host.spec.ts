import { describe, expect, it } from '@jest/globals';
import {
  eventSchemas,
  type HostAction,
  hostActions,
  hostActionSchema,
  type HostDescription,
  type HostService,
  hostServiceSchema,
  type QuarantineRule,
} from '#contracts';
import { bootStateOf, simulatedHost } from '../../../test/fleet/hosts.js';
import { hashBootState, hostDecider, type Host, type HostCommand } from './index.js';

const { decide, evolve, initial } = hostDecider;
const description: HostDescription = {
  ...simulatedHost('h1'),
  labels: { rack: 'r7', generation: 'pretended' },
  bootState: { ...bootStateOf('Haswell-EP'), kpti: true },
};
const register = (changed: Partial<HostDescription> = {}, workerId = 'w1') =>
  ({ type: 'register', workerId, description: { ...description, ...changed } }) as const;
const told = (host: Host, command: ReturnType<typeof register>): Host => decide(command, host).reduce(evolve, host);

describe('a host', () => {
  const known = told(initial, register());

  it('is registered with the labels that its facts give, which win over the given ones', () => {
    const [event] = decide(register(), initial);
    expect(event).toMatchObject({
      type: 'HostRegistered',
      data: { workerId: 'w1', labels: { rack: 'r7', host: 'h1', generation: 'Haswell-EP', kpti: 'on' } },
    });
    expect(() => eventSchemas.HostRegistered.parse(event?.data)).not.toThrow();
  });

  it('that comes back the same is no news', () => {
    expect(decide(register(), known)).toEqual([]);
    const reordered = Object.fromEntries(
      Object.entries(description.bootState).reverse(),
    ) as typeof description.bootState;
    expect(decide(register({ bootState: reordered }), known)).toEqual([]);
  });

  it.each([
    [
      'another kernel',
      register({ bootState: { ...description.bootState, kernelRelease: '6.12.0' } }),
      ['labels', 'kernelRelease'],
    ],
    ['other microcode', register({ bootState: { ...description.bootState, microcode: '0x4a' } }), ['microcode']],
    ['another label', register({ labels: { rack: 'r8' } }), ['labels']],
    ['another worker', register({}, 'w2'), ['workerId']],
    [
      'another capability',
      register({
        capabilities: [...description.capabilities, { executor: 'vm', probes: ['pf'], provenance: 'emulated' }],
      }),
      ['capabilities'],
    ],
  ])('that comes back with %s names what changed', (_, command, changed) => {
    const [event] = decide(command, known);
    expect(event).toMatchObject({ type: 'HostFactsChanged', data: { changed } });
    expect(() => eventSchemas.HostFactsChanged.parse(event?.data)).not.toThrow();
    expect(decide(command, told(known, command))).toEqual([]);
  });
});

describe('what is said of a host', () => {
  const known = told(initial, register());
  const act = (action: HostAction, rule: QuarantineRule | null = null): HostCommand => ({
    ...{ type: 'act', action, rule },
    reason: 'because',
  });
  const after = (...commands: HostCommand[]): Host =>
    commands.reduce((host, command) => decide(command, host).reduce(evolve, host), known);
  const into: Record<HostService, Host> = {
    'in-service': known,
    draining: after(act('drain')),
    quarantined: after(act('quarantine')),
    removed: after(act('remove')),
  };

  it.each(
    hostActionSchema.options.flatMap((action) => hostServiceSchema.options.map((from) => [action, from] as const)),
  )('%s of one that is %s does what the table says', (action, from) => {
    const to = hostActions[action][from];
    const host = into[from];
    if (to === null) {
      expect(() => decide(act(action), host)).toThrow(`h1 is ${from}`);
      return;
    }
    const events = decide(act(action), host);
    expect(events).toHaveLength(to === from ? 0 : 1);
    for (const { type, data } of events) expect(() => eventSchemas[type].parse(data)).not.toThrow();
    expect(events.reduce(evolve, host)).toMatchObject({ service: to });
  });

  it('says what to do first where it is refused', () => {
    expect(() => decide(act('undrain'), into.quarantined)).toThrow(
      expect.objectContaining({ remedy: 'xf hosts release h1 first' }),
    );
    expect(() => decide(act('drain'), initial)).toThrow('there is no such host');
  });

  it('outlives that its worker registers it again', () => {
    const moved = register({ labels: { rack: 'r8' } });
    for (const service of hostServiceSchema.options) {
      expect(decide(moved, into[service]).reduce(evolve, into[service])).toMatchObject({ service });
    }
  });

  it('keeps which rule quarantined it', () => {
    expect(decide(act('quarantine', 'failures'), known)).toMatchObject([
      { type: 'HostQuarantined', data: { rule: 'failures', reason: 'because' } },
    ]);
  });
});

describe('the boot-state hash', () => {
  it('depends on the facts, not on the order of the keys', () => {
    const reordered = Object.fromEntries(
      Object.entries(description.bootState).reverse(),
    ) as typeof description.bootState;
    expect(hashBootState(reordered)).toBe(hashBootState(description.bootState));
    expect(hashBootState({ ...description.bootState, kpti: false })).not.toBe(hashBootState(description.bootState));
  });
});
