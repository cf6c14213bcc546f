import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { GuestHost } from '../testing/guest-host.js';

// Node takes ten times as long to start under emulation.
jest.setTimeout(240_000);

/** What noise control may change here: cpufreq, huge pages and the NMI watchdog are not built into this kernel. */
const state = `
  echo printk $(cut -f1 /proc/sys/kernel/printk)
  echo online $(cat /sys/devices/system/cpu/online)
  echo default $(cat /proc/irq/default_smp_affinity)
  grep . /proc/irq/*/smp_affinity_list || true`;

describe('noise control of a real kernel (needs QEMU and images: npm run kernel:build -- --series 6.12)', () => {
  let guest: GuestHost;

  beforeAll(async () => {
    // CPUs 2 and 3 are the threads of the second core; 1 is isolated by GuestHost.
    guest = await GuestHost.boot({ series: '6.12', variant: 'hook', smp: '4,sockets=1,cores=2,threads=2' });
    await guest.succeed('echo 7 > /proc/sys/kernel/printk');
  });
  afterAll(() => guest?.close());

  const node = (script: string) => guest.run(`/opt/node/node --input-type=module -e "${script}"`);
  const doctor = (options: string) =>
    guest.run(`XF_HOME=/tmp/xf /opt/node/node --input-type=module -e "
      import { main } from '/opt/tree/dist/apps/cli/src/main.js';
      process.exitCode = await main(['doctor', ${options}], { root: '/opt/tree', version: '0.0.0', setupMs: {} });"`);

  it('takes the sibling offline, calms the console, moves interrupts, and puts it all back', async () => {
    const before = await guest.succeed(state);
    expect(before).toContain('online 0-3');
    const applied = await doctor("'--apply', '--cpu', '3'");
    expect(applied.output).toContain('console-level: 7 → 4');
    expect(applied.output).toContain('smt-sibling: 1 → 0');
    const set = await guest.succeed(state);
    expect(set).toContain('printk 4');
    expect(set).toContain('online 0-1,3');
    expect(set).toMatch(/^default 0*7$/m);
    // Interrupts that no CPU can be chosen for, as the timer's, refuse and are told.
    const refused = [...applied.output.matchAll(/irqs: \/proc\/irq\/\d+\/smp_affinity_list/g)];
    expect(refused.length > 0).toBe(/smp_affinity_list:0-3$/m.test(set));

    expect(await doctor("'--restore'")).toEqual({ status: 0, output: expect.stringContaining('smt-sibling: 0 → 1') });
    expect(await guest.succeed(state)).toBe(before);
  });

  it('puts back after a kill -9', async () => {
    const before = await guest.succeed(state);
    const lib = "from '/opt/tree/dist/libs/noise-control/src/index.js'";
    const killed = await node(`
      import { machineAt, setQuiet } ${lib};
      setQuiet(machineAt(), 3, 'worker');
      process.kill(process.pid, 'SIGKILL');`);
    expect(killed).toMatchObject({ status: 137 });
    expect(await guest.succeed(state)).toContain('online 0-1,3');
    const restored = await node(`
      import { machineAt, restore } ${lib};
      console.log(JSON.stringify(restore(machineAt(), 'worker')));`);
    expect(JSON.parse(restored.output)).toMatchObject({ left: [] });
    expect(await guest.succeed(state)).toBe(before);
  });
});
