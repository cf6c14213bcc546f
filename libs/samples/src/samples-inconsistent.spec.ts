import { describe, expect, it } from '@jest/globals';
import { limits } from '#contracts';
import fc from 'fast-check';
import { samplesInconsistent, SequenceTally, type RunAccount } from './index.js';

function judge(batches: readonly number[][], account: RunAccount) {
  const tally = new SequenceTally(account.faults);
  for (const seq of batches) tally.add(Int32Array.from(seq));
  return samplesInconsistent(tally, account);
}

const account = { faults: 70, samples: 68, lost: 1, rejected: 1 };
const all = Array.from({ length: 70 }, (_, seq) => seq);
const sound = all.filter((seq) => seq !== 31 && seq !== 64);

describe('the samples of a run', () => {
  it('are consistent when every number comes once, in whatever order and batches, and the rest is accounted for', () => {
    expect(judge([sound], account)).toBeNull();
    expect(judge([sound.slice(40), [], sound.slice(0, 40).reverse()], account)).toBeNull();
    expect(judge([], { faults: 0, samples: 0, lost: 0, rejected: 0 })).toBeNull();
  });

  it.each<[string, number[][], Partial<RunAccount>, RegExp]>([
    ['a number that a batch repeats', [[...sound.slice(1), 5]], {}, /1 samples stand .* second time.* seq 5$/],
    ['a number in two batches', [sound.slice(1), [69]], {}, /1 samples stand .* second time.* seq 69$/],
    ['the first and the last bit of a word', [[...sound.slice(2), 32, 63]], {}, /2 samples .* first with seq 32$/],
    ['a number at what was announced', [[...sound.slice(1), 70]], {}, /none of its 70 faults, the first with seq 70$/],
    ['a negative number', [[...sound.slice(1), -1]], {}, /none of its 70 faults, the first with seq -1$/],
    ['fewer samples than accounted for', [sound.slice(1)], {}, /hold 67 samples, its account says 68$/],
    ['more samples than accounted for', [[...sound, 31]], {}, /hold 69 samples, its account says 68$/],
    ['a loss that nobody tells', [sound], { lost: 0 }, /70 faults 2 gave no sample.* 0 lost and 1 rejected$/],
    ['more lost than missing', [sound], { rejected: 2 }, /70 faults 2 gave no sample.* 1 lost and 2 rejected$/],
  ])('are not with %s', (_, batches, change, message) => {
    const failure = judge(batches, { ...account, ...change });
    expect(failure).toMatchObject({ code: 'samples-inconsistent', message: expect.stringMatching(message) });
    expect(failure?.remedy).toMatch(/newest release/);
  });

  it('are judged as a set of numbers would judge them', () => {
    const seqs = fc.array(fc.integer({ min: -2, max: 130 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(seqs, { maxLength: 4 }), fc.integer({ min: 0, max: 128 }), (batches, faults) => {
        const flat = batches.flat();
        const once = new Set(flat);
        const good = once.size === flat.length && flat.every((seq) => seq >= 0 && seq < faults);
        const lost = faults - flat.length;
        const failure = judge(batches, { faults, samples: flat.length, lost, rejected: 0 });
        expect(failure === null).toBe(good);
      }),
      { numRuns: 500 },
    );
  });

  it('take no more memory than the largest run needs, whatever a stored event announces', () => {
    const faults = Number.MAX_SAFE_INTEGER;
    const failure = judge([[limits.faultsPerRun]], { faults, samples: 1, lost: faults - 1, rejected: 0 });
    expect(failure?.message).toMatch(/none of its/);
  });
});
