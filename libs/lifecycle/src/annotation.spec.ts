import { describe, expect, it } from '@jest/globals';
import { limits } from '#contracts';
import { annotationDecider, FieldRefused, stateOf } from './index.js';

const runId = '018f3f5e-0000-7000-8000-000000000001';
const { decide, evolve } = annotationDecider;
const annotate = (more: { note?: string; labels?: Record<string, string> }) =>
  ({ type: 'annotate', runId, ...more }) as const;
const first = decide(
  annotate({ note: 'fan was off', labels: { ticket: 'T-1', keep: 'yes' } }),
  annotationDecider.initial,
);
const said = stateOf(annotationDecider, first);

describe('an annotation', () => {
  it('adds its note and its labels', () => {
    expect(said).toEqual({ notes: ['fan was off'], labels: { ticket: 'T-1', keep: 'yes' } });
    const [event] = decide(annotate({ note: 'fan is on', labels: { ticket: 'T-2', keep: 'yes' } }), said);
    expect(event?.data).toEqual({ runId, note: 'fan is on', labels: { ticket: 'T-2' } });
  });

  it('that says what stands there already changes nothing', () => {
    expect(decide(annotate({ note: 'fan was off' }), said)).toEqual([]);
    expect(decide(annotate({ labels: { keep: 'yes' } }), said)).toEqual([]);
    expect(decide(annotate({ note: 'fan was off', labels: { keep: 'no' } }), said)).toMatchObject([
      { data: { labels: { keep: 'no' } } },
    ]);
  });

  it('is refused when there is no more room, but not what is there already', () => {
    const full = Array.from({ length: 100 }, (_, i) => annotate({ note: `note ${i}` })).reduce(
      (state, command) => decide(command, state).reduce(evolve, state),
      annotationDecider.initial,
    );
    expect(() => decide(annotate({ note: 'one more' }), full)).toThrow(FieldRefused);
    expect(decide(annotate({ note: 'note 7' }), full)).toEqual([]);
    const labels = Object.fromEntries(Array.from({ length: limits.labelsPerHost }, (_, i) => [`l${i}`, 'x']));
    const labelled = stateOf(annotationDecider, decide(annotate({ labels }), annotationDecider.initial));
    expect(() => decide(annotate({ labels: { more: 'x' } }), labelled)).toThrow(/more than 64 labels/);
    expect(decide(annotate({ labels: { l0: 'y' } }), labelled)).toHaveLength(1);
  });
});
