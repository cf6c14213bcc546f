// Three ways to the same number: what QEMU counted, what stands in the guest's memory, what the simulator executed.

/** Cases of the self-test that count instructions, and how the user's stamp is handed over in each. */
export const COUNTED_CASES = { exact: 'registers', exactOnIntel: 'registers', exactOnStack: 'stack-slots' };

const mnemonicOf = (text) => (/^(nop|xchg\s+%ax,%ax|data16 .*nop)/.test(text) ? 'nop' : text.split(/\s+/)[0]);
const simplified = (texts) => texts.map(mnemonicOf).join(' ');

/**
 * @param {{ u2k: { min: number, max: number }, k2u: { min: number, max: number }, expected: { u2k: number, k2u: number,
 *   u2kPath: string[], k2uPath: string[] } }} measured a case of the self-test
 * @param {{ instructions: { u2k: number, k2u: number }, steps: { window: string | null, counted: boolean, actor: string,
 *   mnemonic: string }[] }} trace the simulator's crossing under the same settings
 * @returns {string[]} disagreements; empty: all three say the same
 */
export function disagreements(measured, trace) {
  const { expected } = measured;
  const counts = ['u2k', 'k2u'].flatMap((window) => {
    const { min, max } = measured[window] ?? { min: NaN, max: NaN };
    const said = {
      qemu: min === max ? min : `${min} to ${max}`,
      disassembly: expected[window],
      simulator: trace.instructions[window],
    };
    return new Set(Object.values(said)).size === 1 ? [] : [`${window}: ${JSON.stringify(said)}`];
  });
  const executed = (window) =>
    trace.steps
      .filter((step) => step.window === window && step.counted && step.actor === 'kernel')
      .map(({ mnemonic }) => mnemonic);
  const paths = ['u2k', 'k2u'].flatMap((window) => {
    const inGuest = simplified(expected[`${window}Path`]);
    const inSimulator = simplified(executed(window));
    return inGuest === inSimulator
      ? []
      : [`${window}: the guest executes "${inGuest}", the simulator "${inSimulator}"`];
  });
  return [...counts, ...paths];
}
