import { describe, expect, it } from '@jest/globals';
import { Places } from './at-once.js';

const run = (hostId: string, value: string | null, n = 0) => ({ runId: `${hostId}/${n}`, hostId, value });
const idsOf = (runs: { runId: string }[]) => runs.map(({ runId }) => runId);

describe('Places', () => {
  it('are given in order, to as many hosts of each value as may be measured at once', () => {
    const waiting = [run('a', 'r1'), run('b', 'r1'), run('c', 'r1'), run('d', 'r2'), run('e', 'r2')];
    expect(idsOf(new Places([]).take(waiting, 2))).toEqual(['a/0', 'b/0', 'd/0', 'e/0']);
  });

  it('are one a host, so that its next run waits for its turn', () => {
    const waiting = [run('a', 'r1', 0), run('a', 'r1', 1), run('b', 'r1', 0), run('b', 'r1', 1)];
    expect(idsOf(new Places([]).take(waiting, 2))).toEqual(['a/0', 'b/0']);
  });

  it('are counted with those that are taken already, also those taken for another job', () => {
    const places = new Places([{ hostId: 'a', value: 'r1' }]);
    expect(idsOf(places.take([run('a', 'r1'), run('b', 'r1')], 2))).toEqual(['b/0']);
    expect(places.take([run('c', 'r1')], 2)).toEqual([]);
    expect(idsOf(places.take([run('c', 'r1')], 3))).toEqual(['c/0']);
  });

  it('are not needed by hosts without the label', () => {
    expect(new Places([]).take([run('a', null, 0), run('a', null, 1), run('b', null, 0)], 1)).toHaveLength(3);
  });

  it('know what is full under a limit', () => {
    const places = new Places([{ hostId: 'a', value: 'r1' }, { hostId: 'b', value: 'r1' }, { hostId: 'c', value: 'r2' }]); // prettier-ignore
    expect(places.full(2)).toEqual(['r1']);
    expect(places.full(1)).toEqual(['r1', 'r2']);
  });
});
