/** What the figures of one of the places between the ends say of it: as the first one, as the last one, or neither. */
export type Answer = 'good' | 'bad' | 'cannot-tell';

/** Which place comes next; or that the search has ended: `firstBad` is one of these places, a single one where it was found. */
export type Step = { measure: number } | { firstBad: readonly [number, ...number[]] };

/**
 * The next step of a search for the first bad one in a row of `places` of which the first is good and the last bad. It halves what is left,
 * so that n places take ⌈log2(n − 1)⌉ steps. A place that can't be told is gone around, nearest to the middle first; where none but such
 * are left, the first bad one is one of them or the bad one behind them.
 *
 * @param answers by place, as far as they are known; the ends need none
 * @throws RangeError for fewer than two places, or for a place outside the ends
 */
export function nextStep(places: number, answers: ReadonlyMap<number, Answer>): Step {
  if (places < 2) throw new RangeError(`a search needs two places at least, not ${places}`);
  const [last, known] = [places - 1, [...answers]];
  const outside = known.find(([place]) => place <= 0 || place >= last);
  if (outside !== undefined) throw new RangeError(`place ${outside[0]} is no place between 0 and ${last}`);
  const bad = Math.min(last, ...known.filter(([, answer]) => answer === 'bad').map(([place]) => place));
  // A good one behind a bad one says that it went away again; the first bad one is before both.
  const good = Math.max(
    0,
    ...known.filter(([place, answer]) => answer === 'good' && place < bad).map(([place]) => place),
  );
  const between = Array.from({ length: bad - good - 1 }, (_, i) => good + 1 + i);
  const open = between.filter((place) => !answers.has(place));
  if (open.length === 0) return { firstBad: [good + 1, ...between.slice(1), ...(bad > good + 1 ? [bad] : [])] };
  const middle = (good + bad) / 2;
  const [nearest = good + 1] = open.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b);
  return { measure: nearest };
}

/** So many steps a search takes at most, where every place can be told. */
export const mostSteps = (places: number): number => Math.max(1, Math.ceil(Math.log2(Math.max(2, places - 1))));
