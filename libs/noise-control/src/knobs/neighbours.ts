import { canonical } from './canonical.js';
import { formatCpuList, formatCpuMask, parseCpuList, parseCpuMask } from './cpu-list.js';
import { apply, noisy, quiet, unknown, type Change, type Knob } from './knob.js';
import { strange, textOf, type NoiseTexts, type Readable } from './noise-texts.js';

const notPinned = unknown('runs are not pinned to a known CPU', 'let the worker read /proc/self/status');
const listed = 8;

/** Online hardware threads that share the measuring CPU's core. */
function onlineSiblings({ cpu, siblings, online }: NoiseTexts): number[] {
  const on = parseCpuList(textOf(online));
  return parseCpuList(textOf(siblings)).filter((one) => one !== cpu && on.includes(one));
}

/** CPUs that everything else can go to once the siblings are offline. Without any they stay: the machine needs one. */
function staying(texts: NoiseTexts): number[] {
  const siblings = onlineSiblings(texts);
  return parseCpuList(textOf(texts.online)).filter((one) => one !== texts.cpu && !siblings.includes(one));
}

/**
 * What else runs on the core takes its issue slots, caches and predictors. Nothing but taking it offline keeps a sibling
 * idle. Documentation/admin-guide/cputopology.rst (thread_siblings_list), Documentation/core-api/cpu_hotplug.rst.
 */
export const smtSibling: Knob = {
  name: 'smt-sibling',
  wanted: 'none online',
  bearsOn: 'crossings',
  judge(texts) {
    if (texts.cpu === null) return notPinned;
    if (parseCpuList(textOf(texts.siblings)).length === 0)
      return unknown(strange(texts.siblings), 'mount /sys, or boot with nosmt');
    const there = onlineSiblings(texts);
    if (there.length === 0) return quiet('none online');
    return noisy('SMT sibling online', `CPU ${formatCpuList(there)} shares its core`, `${apply}; or boot with nosmt`);
  },
  changes: (texts) =>
    texts.cpu === null || staying(texts).length === 0
      ? []
      : onlineSiblings(texts).map((sibling): Change => {
          const file = `sys/devices/system/cpu/cpu${sibling}/online`;
          return { knob: 'smt-sibling', file, form: 'word', before: '1', set: '0' };
        }),
};

/**
 * Interrupts that the measuring CPU gets: allowed there, and delivered there as far as the kernel tells. One that was
 * just moved away counts as gone, though it is still delivered there: x86 moves it when it next fires
 * (IRQ_MOVE_PCNTXT of include/linux/irq.h; seen with MSI-X on 6.18).
 */
function delivered({ cpu, irqs }: NoiseTexts): number[] {
  const holds = (list: Readable): boolean => parseCpuList(textOf(list)).some((one) => one === cpu);
  return irqs
    .filter(({ allowed, effective }) => {
      const restricted = parseCpuList(textOf(effective)).length > 0;
      return holds(allowed) && (!restricted || holds(effective));
    })
    .map(({ irq }) => irq);
}

/** An affinity without the measuring CPU; what would be left with no CPU to go to goes to the housekeeping ones. */
function moved(allowed: readonly number[], texts: NoiseTexts): number[] | null {
  const online = parseCpuList(textOf(texts.online));
  const housekeeping = staying(texts).length > 0 ? staying(texts) : online.filter((one) => one !== texts.cpu);
  if (housekeeping.length === 0 || !allowed.some((one) => one === texts.cpu)) return null;
  const rest = allowed.filter((one) => one !== texts.cpu);
  return rest.some((one) => housekeeping.includes(one)) ? rest : housekeeping;
}

/**
 * Interrupts that are handled on the measuring CPU. When there are some, or a sibling goes offline and the kernel chooses
 * again where its own go, every one that is allowed there is moved. Documentation/core-api/irq/irq-affinity.rst.
 */
export const irqs: Knob = {
  name: 'irqs',
  wanted: 'none on its CPU',
  bearsOn: 'crossings',
  judge(texts) {
    if (texts.cpu === null) return notPinned;
    if (!texts.irqs.some(({ allowed }) => 'text' in allowed))
      return unknown("/proc/irq can't be read", 'let the worker read /proc/irq');
    const there = delivered(texts);
    if (there.length === 0) return quiet('none on its CPU');
    const named = there.slice(0, listed).join(', ') + (there.length > listed ? ' …' : '');
    const found = `${there.length} on CPU ${texts.cpu}: ${named}`;
    return noisy(
      'interrupts on its CPU',
      found,
      `${apply}, but for managed ones (isolcpus=managed_irq); irqbalance moves them back`,
    );
  },
  changes(texts) {
    if (texts.cpu === null || (delivered(texts).length === 0 && onlineSiblings(texts).length === 0)) return [];
    const ofIrqs = texts.irqs.flatMap(({ irq, allowed }): Change[] => {
      const now = parseCpuList(textOf(allowed));
      const then = moved(now, texts);
      if (then === null) return [];
      const file = `proc/irq/${irq}/smp_affinity_list`;
      return [{ knob: 'irqs', file, form: 'cpu-list', before: formatCpuList(now), set: formatCpuList(then) }];
    });
    const now = parseCpuMask(textOf(texts.defaultAffinity) ?? '');
    const then = now === null ? null : moved(now, texts);
    if (now === null || then === null) return ofIrqs;
    const file = 'proc/irq/default_smp_affinity';
    return [...ofIrqs, { knob: 'irqs', file, form: 'cpu-mask', before: formatCpuMask(now), set: formatCpuMask(then) }];
  },
};

/** The CPUs that a parameter of the kernel command line names, however often it stands there (`rcu_nocbs=2-3`). */
function parameter(commandLine: string | null, name: string): number[] {
  const values = (commandLine ?? '').split(/\s+/).filter((one) => one.startsWith(`${name}=`));
  return values.flatMap((value) => parseCpuList(value.slice(name.length + 1)));
}

/**
 * Whether the scheduler, its tick and RCU leave the CPU alone; only a boot can change it.
 * Documentation/admin-guide/kernel-parameters.txt (isolcpus, nohz_full, rcu_nocbs; nohz_full implies the last),
 * Documentation/timers/no_hz.rst.
 */
export const isolation: Knob = {
  name: 'isolation',
  wanted: 'isolcpus and nohz_full',
  bearsOn: 'crossings',
  judge({ cpu, isolated, nohzFull, commandLine }) {
    if (cpu === null) return notPinned;
    if ('error' in isolated) return unknown(strange(isolated), 'mount /sys');
    // A kernel built for it but booted without writes `(null)`.
    const [alone, tickless] = [parseCpuList(isolated.text), parseCpuList(textOf(nohzFull))];
    const offloaded = [...tickless, ...parameter(textOf(commandLine), 'rcu_nocbs')];
    const lacking = [
      ...(alone.includes(cpu) ? [] : ['isolcpus']),
      ...(tickless.includes(cpu) ? [] : ['nohz_full']),
      ...(offloaded.includes(cpu) ? [] : ['rcu_nocbs']),
    ];
    const found = `isolated ${canonical('cpu-list', isolated.text) ?? 'none'}, nohz_full ${formatCpuList(tickless) || 'none'}`;
    if (lacking.length === 0) return quiet(found);
    const remedy = `boot with isolcpus=managed_irq,domain,${cpu} nohz_full=${cpu}`;
    return noisy(`CPU without ${lacking.join(', ')}`, found, remedy);
  },
  changes: () => [],
};
