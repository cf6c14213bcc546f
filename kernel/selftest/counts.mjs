// Three ways to the same number: what QEMU counted, what stands in the guest's memory, what the simulator executed.

/**
 * Cases of the self-test that count instructions, and how the user's stamp is handed over in each.
 *
 * @type {Readonly<Record<string, 'registers' | 'stack-slots'>>}
 */
export const COUNTED_CASES = { exact: 'registers', exactOnIntel: 'registers', exactOnStack: 'stack-slots' };

/** @param {string} text */
const mnemonicOf = (text) => (/^(nop|xchg\s+%ax,%ax|data16 .*nop)/.test(text) ? 'nop' : text.split(/\s+/)[0]);
/** @param {readonly string[]} texts */
const simplified = (texts) => texts.map(mnemonicOf).join(' ');

/**
 * @typedef {object} CountedCase
 * @property {{ min: number, max: number } | null} u2k
 * @property {{ min: number, max: number } | null} k2u
 * @property {{ u2k: number, k2u: number, u2kPath: string[], k2uPath: string[] }} expected
 */

/** @typedef {import('#entry-sim').CrossingTrace} CrossingTrace */

const WINDOWS = /** @type {const} */ (['u2k', 'k2u']);

/**
 * @param {CountedCase} measured a case of the self-test
 * @param {Pick<CrossingTrace, 'instructions' | 'steps'>} trace the simulator's crossing under the same settings
 * @returns {string[]} disagreements; empty: all three say the same
 */
export function disagreements(measured, trace) {
  const { expected } = measured;
  const counts = WINDOWS.flatMap((window) => {
    const { min, max } = measured[window] ?? { min: NaN, max: NaN };
    const said = {
      qemu: min === max ? min : `${min} to ${max}`,
      disassembly: expected[window],
      simulator: trace.instructions[window],
    };
    return new Set(Object.values(said)).size === 1 ? [] : [`${window}: ${JSON.stringify(said)}`];
  });
  /** @param {'u2k' | 'k2u'} window */
  const executed = (window) =>
    trace.steps
      .filter((step) => step.window === window && step.counted && step.actor === 'kernel')
      .map(({ mnemonic }) => mnemonic);
  const paths = WINDOWS.flatMap((window) => {
    const inGuest = simplified(expected[`${window}Path`]);
    const inSimulator = simplified(executed(window));
    return inGuest === inSimulator
      ? []
      : [`${window}: the guest executes "${inGuest}", the simulator "${inSimulator}"`];
  });
  return [...counts, ...paths];
}
