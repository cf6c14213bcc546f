import { describe, expect, it } from '@jest/globals';
import { type Answer, mostSteps, nextStep } from './stepper.js';

/** Searches to the end. @returns which places may be the first bad one, and how many were measured */
function search(places: number, answer: (place: number) => Answer): { firstBad: readonly number[]; measured: number } {
  const answers = new Map<number, Answer>();
  for (;;) {
    const step = nextStep(places, answers);
    if ('firstBad' in step) return { firstBad: step.firstBad, measured: answers.size };
    if (answers.has(step.measure)) throw new Error(`place ${step.measure} is measured twice`);
    answers.set(step.measure, answer(step.measure));
  }
}

const sizes = Array.from({ length: 11 }, (_, i) => i + 2);

describe('a search for the first bad one', () => {
  it('finds it wherever it is, in as many steps as halving takes', () => {
    for (const places of sizes)
      for (let first = 1; first < places; first += 1) {
        const { firstBad, measured } = search(places, (place) => (place < first ? 'good' : 'bad'));
        expect([firstBad, measured <= (places === 2 ? 0 : mostSteps(places))]).toEqual([[first], true]);
      }
  });

  it('goes around whatever can not be told, and never rules out the first bad one', () => {
    for (const places of sizes)
      for (let first = 1; first < places; first += 1)
        for (let unclear = 0; unclear < 2 ** (places - 2); unclear += 1) {
          const isUnclear = (place: number): boolean => place < places - 1 && ((unclear >> (place - 1)) & 1) === 1;
          const { firstBad, measured } = search(places, (place) =>
            isUnclear(place) ? 'cannot-tell' : place < first ? 'good' : 'bad',
          );
          if (!firstBad.includes(first))
            throw new Error(`${places} places, ${first} first, ${unclear}: ${firstBad.join()}`);
          // All but the last of what is left could not be told, so that no more could be ruled out.
          if (!firstBad.slice(0, -1).every(isUnclear))
            throw new Error(`gave up early: ${places}, ${first}, ${unclear}`);
          if (measured > places - 2) throw new Error(`measured ${measured} of ${places}`);
        }
  });

  it('is none with one place, and takes no answer for the ends', () => {
    expect(() => nextStep(1, new Map())).toThrow('two places at least');
    for (const place of [0, 3, -1, 9])
      expect(() => nextStep(4, new Map([[place, 'bad']]))).toThrow('is no place between');
  });

  it('looks before the first bad one where a good one comes after it', () => {
    expect(nextStep(6, new Map<number, Answer>([[2, 'bad'], [4, 'good']]))).toEqual({ measure: 1 }); // prettier-ignore
  });
});
