import type { FindingMovement, FindingState } from '#contracts';
import { change, count, counted, difference } from './figures.js';

type Dated = Pick<FindingMovement, 'kind' | 'fromDay' | 'toDay'>;

/** When it changed: `2026-11-15`; `2026-11-14 to 2026-11-16, one of these days`; `2026-09-01 to 2026-10-20, bit by bit`. */
export function changedWhen({ kind, fromDay, toDay }: Dated): string {
  if (kind === 'noise') return `about ${fromDay}`;
  if (kind === 'creep') return `${fromDay} to ${toDay}, bit by bit`;
  return fromDay === toDay ? fromDay : `${fromDay} to ${toDay}, one of these days`;
}

/** What changed: `slower by +8.1 % (+4.2 ns)`; of noise `runs scatter 2.3 times more than before`. */
export function changedHow({
  kind,
  direction,
  ratio,
  effectNs,
}: Pick<FindingMovement, 'kind' | 'direction' | 'ratio' | 'effectNs'>): string {
  if (kind === 'noise') {
    const factor = direction === 'up' ? ratio : 1 / ratio;
    return `runs scatter ${factor.toFixed(1)} times ${direction === 'up' ? 'more' : 'less'} than before`;
  }
  const inNs = effectNs === null ? '' : ` (${difference(effectNs)} ns)`;
  return `${direction === 'up' ? 'slower' : 'faster'} by ${change(ratio)}${inNs}`;
}

/** How another metric of the same hosts changed with it. */
export const alsoHow = ({ kind, direction }: Pick<FindingMovement, 'kind' | 'direction'>, ratio: number): string =>
  kind === 'noise' ? changedHow({ kind, direction, ratio, effectNs: null }) : change(ratio);

/** What noise rests on: the days in which it was found, and no fresh runs. */
export function unmeasured({ days }: Pick<FindingMovement, 'days'>): string {
  const rests = days === undefined ? '' : ` of ${counted(days.before, 'day')} before and ${count(days.after)} since`;
  return `by how the runs${rests} scatter; noise is not confirmed by fresh runs`;
}

/** What is said of a finding beside its change. */
export const findingStateNames: Readonly<Record<FindingState, string>> = {
  suspected: 'suspected',
  'not-confirmed': 'not confirmed',
  open: 'open',
  acknowledged: 'acknowledged',
  expected: 'expected',
  muted: 'muted',
  resolved: 'resolved',
  withdrawn: 'withdrawn',
};
