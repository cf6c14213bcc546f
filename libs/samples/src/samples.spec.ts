import { describe, expect, it } from '@jest/globals';
import { limits, metricSchema } from '#contracts';
import fc from 'fast-check';
import { fnv1a } from './checksum.js';
import { decodeSamples, encodeSamples, metricsOf, SampleCodecError, type SampleColumns } from './index.js';
import { metricCodes } from './sample-columns.js';

const int32 = fc.oneof(
  fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  fc.integer({ min: -1, max: 5_000 }),
  fc.constantFrom(-0x8000_0000, 0x7fff_ffff, 0, -1),
);

/** Batches of every shape: no samples, no metrics, extreme values. */
const batches: fc.Arbitrary<SampleColumns> = fc
  .record({
    count: fc.integer({ min: 0, max: 80 }),
    cpu: fc.nat(),
    metrics: fc.uniqueArray(fc.constantFrom(...metricSchema.options), { maxLength: 4 }),
  })
  .chain(({ count, cpu, metrics }) => {
    const column = fc.array(int32, { minLength: count, maxLength: count }).map((values) => Int32Array.from(values));
    return fc.record({
      cpu: fc.constant(cpu),
      seq: column,
      columns: fc.record<SampleColumns['columns']>(Object.fromEntries(metrics.map((metric) => [metric, column]))),
      interrupted: fc
        .array(fc.constantFrom(0, 0, 0, 1), { minLength: count, maxLength: count })
        .map((flags) => Uint8Array.from(flags)),
    });
  });

const pair = (count: number): SampleColumns => ({
  cpu: 3,
  seq: Int32Array.from({ length: count }, (_, index) => index),
  columns: {
    u2k: Int32Array.from({ length: count }, (_, index) => 300 + ((index * 7919) % 60)),
    k2u: Int32Array.from({ length: count }, (_, index) => (index % 100 === 0 ? -1 : 200 + ((index * 104729) % 50))),
  },
  interrupted: Uint8Array.from({ length: count }, (_, index) => (index % 500 === 17 ? 1 : 0)),
});

/** Gives a damaged body the checksum that fits it, so that what stands behind the checksum is tried too. */
function resealed(body: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(body.length + 4);
  sealed.set(body);
  new DataView(sealed.buffer).setUint32(body.length, fnv1a(body), true);
  return sealed;
}

/** Decodes, or says that the codec refused; any other error fails the test. */
function attempt(bytes: Uint8Array): SampleColumns | 'refused' {
  try {
    return decodeSamples(bytes);
  } catch (error) {
    if (error instanceof SampleCodecError) return 'refused';
    throw error;
  }
}

describe('packed samples', () => {
  it('come back as they were written', () => {
    fc.assert(fc.property(batches, (batch) => expect(decodeSamples(encodeSamples(batch))).toEqual(batch)));
  });

  it('are the same bytes for the same columns, whatever the order of the keys', () => {
    const { u2k, k2u } = pair(50).columns;
    if (!u2k || !k2u) throw new Error('the fixture lost its columns');
    const turned = { ...pair(50), columns: { k2u, u2k } };
    expect(encodeSamples(turned)).toEqual(encodeSamples(pair(50)));
  });

  it('take about three bytes a pair', () => {
    expect(encodeSamples(pair(10_000)).length).toBeLessThan(31_000);
  });

  it('name their metrics in a fixed order that every metric of the contract has a place in', () => {
    expect([...metricCodes].sort()).toEqual([...metricSchema.options].sort());
    expect(metricsOf(pair(1))).toEqual(['u2k', 'k2u']);
  });

  it.each<[string, SampleColumns, RegExp]>([
    ['too many samples', pair(limits.samplesPerEvent + 1), /10001 samples, at most 10000/],
    ['a negative cpu', { ...pair(2), cpu: -1 }, /cpu -1/],
    ['missing flags', { ...pair(2), interrupted: new Uint8Array(1) }, /1 interrupted flags for 2/],
    ['a short column', { ...pair(2), columns: { u2k: new Int32Array(1) } }, /1 values of u2k for 2/],
  ])('refuse %s', (_, batch, message) => {
    expect(() => encodeSamples(batch)).toThrow(SampleCodecError);
    expect(() => encodeSamples(batch)).toThrow(message);
  });
});

describe('damaged samples', () => {
  const good = encodeSamples(pair(40));

  it('are refused at every cut', () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(() => decodeSamples(good.subarray(0, length))).toThrow(SampleCodecError);
    }
  });

  it('are refused for every single flipped bit', () => {
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const flipped = good.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeSamples(flipped)).toThrow(SampleCodecError);
    }
  });

  it('are refused when bytes follow', () => {
    const longer = new Uint8Array(good.length + 1);
    longer.set(good);
    expect(() => decodeSamples(longer)).toThrow(/checksum/);
  });

  it('never bring down the reader nor make it allocate without bound, even when the checksum was made to fit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: good.length - 5 }), (noise, at) => {
        const body = good.slice(0, good.length - 4);
        body.set(noise.subarray(0, body.length - at), at);
        const read = attempt(resealed(body));
        if (read === 'refused') return;
        expect(read.seq.length).toBeLessThanOrEqual(limits.samplesPerEvent);
        expect(decodeSamples(encodeSamples(read))).toEqual(read);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, number[], RegExp]>([
    ['another mark', [0x58, 0x54, 1, 0, 0, 0, 0], /mark/],
    ['a later version', [0x58, 0x53, 2, 0, 0, 0, 0], /form version 2/],
    ['an unknown metric', [0x58, 0x53, 1, 0x80, 0, 0, 0], /metric mask 128 .*; there are u2k, k2u,/],
    ['more samples than a batch may hold', [0x58, 0x53, 1, 0, 0, 0xff, 0xff, 0x7f, 0], /samples are announced/],
    ['a number beyond 32 bits', [0x58, 0x53, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x1f, 0, 0], /exceeds 32 bits/],
    ['a flag behind the last sample', [0x58, 0x53, 1, 0, 0, 1, 0, 1, 1], /sample 1 of 1 is flagged/],
    ['a left-over byte', [0x58, 0x53, 1, 0, 0, 0, 0, 9], /1 bytes are left over/],
  ])('name %s', (_, body, message) => {
    expect(() => decodeSamples(resealed(Uint8Array.from(body)))).toThrow(message);
  });
});
