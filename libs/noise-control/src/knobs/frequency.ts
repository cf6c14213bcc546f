import { canonical } from './canonical.js';
import { apply, noisy, quiet, unknown, type Change, type Knob } from './knob.js';
import { strange, textOf, type NoiseTexts } from './noise-texts.js';

const cpus = 'sys/devices/system/cpu';
const notPinned = unknown('runs are not pinned to a known CPU', 'let the worker read /proc/self/status');
const noCpufreq = 'set it where the clock is ruled: in the firmware, or on the host of this VM';

/**
 * The core's clock: the TSC does not follow it, so a crossing takes more TSC cycles on a core that was clocked down.
 * Documentation/admin-guide/pm/cpufreq.rst (scaling_governor).
 */
export const governor: Knob = {
  name: 'governor',
  wanted: 'performance',
  bearsOn: 'crossings',
  judge(texts) {
    if (texts.cpu === null) return notPinned;
    const name = canonical('word', textOf(texts.governor) ?? '');
    if (name === null) return unknown(strange(texts.governor), noCpufreq);
    return name === 'performance' ? quiet(name) : noisy(`governor ${name}`, name, apply);
  },
  changes({ cpu, governor: readable }) {
    const before = canonical('word', textOf(readable) ?? '');
    if (cpu === null || before === null || before === 'performance') return [];
    const file = `${cpus}/cpu${cpu}/cpufreq/scaling_governor`;
    return [{ knob: 'governor', file, form: 'word', before, set: 'performance' }];
  },
};

/** The switches of turbo that this machine has, nearest to the CPU first; `on` is what the file holds when turbo is on. */
function turboSwitches({ cpu, policyBoost, boost, noTurbo }: NoiseTexts) {
  const switches = [
    ...(cpu === null ? [] : [{ file: `${cpus}/cpu${cpu}/cpufreq/boost`, readable: policyBoost, on: '1', off: '0' }]),
    { file: `${cpus}/cpufreq/boost`, readable: boost, on: '1', off: '0' },
    { file: `${cpus}/intel_pstate/no_turbo`, readable: noTurbo, on: '0', off: '1' },
  ];
  return switches.flatMap(({ file, readable, on, off }) => {
    const value = textOf(readable)?.trim();
    return value === on || value === off ? [{ file, on, off, value }] : [];
  });
}

/**
 * Turbo clocks a core by what the others do and how warm it is. Off when any of its switches is off.
 * Documentation/admin-guide/pm/intel_pstate.rst (no_turbo), cpufreq.rst (boost), amd-pstate.rst (boost of one CPU).
 */
export const turbo: Knob = {
  name: 'turbo',
  wanted: 'off',
  bearsOn: 'crossings',
  judge(texts) {
    const switches = turboSwitches(texts);
    if (switches.length === 0) return unknown(strange(texts.noTurbo), noCpufreq);
    return switches.some(({ value, off }) => value === off) ? quiet('off') : noisy('turbo on', 'on', apply);
  },
  changes(texts): Change[] {
    const switches = turboSwitches(texts);
    const [nearest] = switches;
    if (nearest === undefined || switches.some(({ value, off }) => value === off)) return [];
    return [{ knob: 'turbo', file: nearest.file, form: 'word', before: nearest.on, set: nearest.off }];
  },
};
