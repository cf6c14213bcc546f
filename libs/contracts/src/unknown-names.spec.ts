import { describe, expect, it } from '@jest/globals';
import { simulatedHost } from '../../../test/fleet/hosts.js';
import { readEvent } from './events/registry.js';
import { jobSpecSchema } from './job-spec.js';
import { workerRegistrationSchema } from './http/hosts.js';

const id = '0192f0c1-2345-7abc-8def-0123456789ab';
const host = simulatedHost('h1');
const [capability] = host.capabilities;
const registered = (over: object) => ({
  ...host,
  workerId: 'w1',
  capabilities: [{ ...capability, executor: 'vm', provenance: 'emulated', series: ['6.1'], ...over }],
});

const stored = (over: object) => () => readEvent('HostRegistered', 1, registered(over));
const job = (over: object) => () => jobSpecSchema.parse({ selector: '*', ...over });
const registration = (over: object) => () =>
  workerRegistrationSchema.parse({ contractVersion: 2, instanceId: id, sessionId: id, hosts: [registered(over)] });

describe('a name that nothing is declared under is refused with the names that there are', () => {
  it.each([
    ['a probe in a stored event', stored({ probes: ['pg'] }), /there is no probe \\?"pg\\?"; there are pf, /],
    ['an executor in a stored event', stored({ executor: 'vmm' }), /there is no executor \\?"vmm\\?"; there are .*vm/],
    [
      'a kernel series in a stored event',
      stored({ series: ['9.9'] }),
      /there is no kernel series \\?"9.9\\?"; there are 6.1, /,
    ],
    ['a probe in a job', job({ probes: ['pg'] }), /there is no probe \\?"pg\\?"; there are pf, /],
    ['an executor in a job', job({ executor: 'vmm' }), /there is no executor \\?"vmm\\?"; there are .*vm/],
    [
      'a kernel series in a job',
      job({ matrix: { series: ['9.9'], kpti: [true] } }),
      /there is no kernel series \\?"9.9\\?"; there are 6.1, /,
    ],
    ['a probe in a registration', registration({ probes: ['pg'] }), /there is no probe \\?"pg\\?"; there are pf, /],
    [
      'an executor in a registration',
      registration({ executor: 'vmm' }),
      /there is no executor \\?"vmm\\?"; there are .*vm/,
    ],
    [
      'a kernel series in a registration',
      registration({ series: ['9.9'] }),
      /there is no kernel series \\?"9.9\\?"; there are 6.1, /,
    ],
  ])('%s', (_, read, message) => {
    expect(read).toThrow(message);
  });
});
