import { describe, expect, it } from '@jest/globals';
import {
  acceptedJobSpecSchema,
  limits,
  plannedRunSchema,
  type Capability,
  type JobSpecInput,
  type KernelSeries,
  type PlannedRun,
} from '#contracts';
import { guestText } from '#wording';
import fc from 'fast-check';
import { v5 as uuidv5 } from 'uuid';
import { FieldRefused, planJob, runSeed, type PlannableHost } from './index.js';
import { orderRuns } from './order-runs.js';

const jobId = '018f3f5e-0000-7000-8000-000000000002';
const simulator: Capability = { executor: 'simulator', probes: ['pf'], provenance: 'simulated' };
const stock: Capability = { executor: 'stock-host', probes: ['pf_rt', 'syscall_rt'], provenance: 'measured' };
const host = (hostId: string, capabilities: Capability[], labels: Record<string, string> = {}): PlannableHost => ({
  hostId,
  labels: { host: hostId, ...labels },
  capabilities,
});
const fleet = [
  host('sim-b', [simulator], { generation: 'zen3' }),
  host('sim-a', [simulator], { generation: 'haswell-ep' }),
  host('metal', [stock, { ...simulator, executor: 'vm', provenance: 'emulated' }]),
];
const plan = (input: JobSpecInput, known = fleet): PlannedRun[] =>
  planJob(acceptedJobSpecSchema.parse({ seed: 1, ...input }), known, jobId);
const short = (runs: PlannedRun[]): string[] => runs.map((run) => `${run.hostId}/${run.probe}/${run.replicate}`);

function refusal(input: JobSpecInput, known = fleet): FieldRefused {
  try {
    plan(input, known);
  } catch (error) {
    if (error instanceof FieldRefused) return error;
    throw error;
  }
  throw new Error('the job was planned');
}

describe('the plan of a job', () => {
  /** A host's runs in blocks of one turn each. */
  const blocksOf = (runs: PlannedRun[], hostId: string, size: number): string[][] => {
    const own = short(runs.filter((run) => run.hostId === hostId));
    return Array.from({ length: own.length / size }, (_, at) => own.slice(at * size, (at + 1) * size));
  };

  it('takes turns over every host and probe by default', () => {
    const runs = plan({ selector: '*', runsPerHost: 2 });
    expect(runs.map(({ hostId }) => hostId)).toEqual([1, 2].flatMap(() => ['metal', 'metal', 'sim-a', 'sim-b']));
    expect(blocksOf(runs, 'metal', 2).map((block) => block.sort())).toEqual([
      ['metal/pf_rt/0', 'metal/syscall_rt/0'],
      ['metal/pf_rt/1', 'metal/syscall_rt/1'],
    ]);
  });

  it('puts each turn of a host in random order, so that no rhythm of the machine falls on one probe alone', () => {
    const first = (seed: number, hostId: string) =>
      blocksOf(plan({ selector: '*', runsPerHost: 200, seed }, [...fleet, host('metal-2', [stock])]), hostId, 2).map(
        ([run]) => run?.includes('/pf_rt/') === true,
      );
    const order = first(1, 'metal');
    // 200 fair coins: three standard deviations are 21.
    expect(Math.abs(order.filter(Boolean).length - 100)).toBeLessThan(22);
    // The next one does not follow from the one before.
    const turns = order.filter((one, at) => at > 0 && one !== order[at - 1]).length;
    expect(Math.abs(turns - 100)).toBeLessThan(22);
    expect(first(1, 'metal')).toEqual(order);
    expect(first(2, 'metal')).not.toEqual(order);
    expect(first(1, 'metal-2')).not.toEqual(order);
  });

  it('runs one host after the other when asked', () => {
    expect(short(plan({ selector: 'generation', runsPerHost: 2, order: 'sequential' }))).toEqual([
      'sim-a/pf/0',
      'sim-a/pf/1',
      'sim-b/pf/0',
      'sim-b/pf/1',
    ]);
  });

  it('shuffles by its seed, losing and doubling nothing', () => {
    const shuffled = (seed: number) => short(plan({ selector: '*', runsPerHost: 20, order: 'shuffled', seed }));
    expect(shuffled(1)).toEqual(shuffled(1));
    expect(shuffled(1)).not.toEqual(shuffled(2));
    expect([...shuffled(1)].sort()).toEqual(short(plan({ selector: '*', runsPerHost: 20 })).sort());
  });

  it('gives every run its own id, the same each time, valid, whatever the order of the hosts', () => {
    const orders = fc.constantFrom('interleaved', 'sequential', 'shuffled' as const);
    const shuffledFleet = fc.shuffledSubarray(fleet, { minLength: 3 });
    fc.assert(
      fc.property(orders, fc.integer({ min: 1, max: 30 }), shuffledFleet, (order, runsPerHost, known) => {
        const runs = plan({ selector: '*', runsPerHost, order }, known);
        expect(new Set(runs.map((run) => run.runId)).size).toBe(4 * runsPerHost);
        expect(runs).toEqual(plan({ selector: '*', runsPerHost, order }));
        for (const run of runs) plannedRunSchema.parse(run);
      }),
      { numRuns: 20 },
    );
  });

  it('gives another job other run ids', () => {
    const other = planJob(
      acceptedJobSpecSchema.parse({ selector: '*', seed: 1 }),
      fleet,
      '018f3f5e-0000-7000-8000-00000000000f',
    );
    const ids = new Set(plan({ selector: '*' }).map((run) => run.runId));
    expect(other.filter((run) => ids.has(run.runId))).toEqual([]);
  });

  it('takes the first capability that serves the probes, or the executor asked for', () => {
    expect(plan({ hosts: ['metal'], probes: ['pf'] })[0]?.executor).toBe('vm');
    expect(plan({ hosts: ['metal'], probes: ['syscall_rt'] })[0]?.executor).toBe('stock-host');
    expect(plan({ hosts: ['metal'], executor: 'vm' })[0]?.probe).toBe('pf');
  });

  it('measures pf where it is served when no probe is named, not everything besides', () => {
    const patched: Capability = {
      executor: 'patched-host',
      probes: ['pf', 'pf_rt', 'syscall_rt'],
      provenance: 'measured',
    };
    const known = [host('patched', [patched])];
    expect(short(plan({ hosts: ['patched'], runsPerHost: 1 }, known))).toEqual(['patched/pf/0']);
    const asked = plan({ hosts: ['patched'], probes: ['syscall_rt', 'pf_rt'], runsPerHost: 1 }, known);
    expect(short(asked).sort()).toEqual(['patched/pf_rt/0', 'patched/syscall_rt/0']);
  });

  describe('with control hosts', () => {
    const still = ['c1', 'c2', 'c3'].map((name) => host(name, [simulator], { role: 'control' }));
    const known = [...fleet, ...still];

    it('measures them beside the others, each host once', () => {
      const hostsOf = (input: JobSpecInput) => [...new Set(plan(input, known).map(({ hostId }) => hostId))];
      expect(hostsOf({ hosts: ['sim-a'], control: 'role=control' })).toEqual(['c1', 'c2', 'c3', 'sim-a']);
      const all = plan({ selector: '!pool', probes: ['pf'], runsPerHost: 1, control: 'role=control' }, known);
      expect(all.map(({ hostId }) => hostId)).toEqual(['c1', 'c2', 'c3', 'metal', 'sim-a', 'sim-b']);
    });

    it.each([
      ['role=other', /no host matches "role=other"/],
      ['role', /matches every host that is asked about/, 'role=control'],
      ['host in (c1,c2)', /matches c1, c2; a comparison takes at least 3 control hosts/],
    ])('refuses %s', (control, message, selector = 'generation') => {
      const refused = refusal({ selector, control }, known);
      expect(refused.field).toBe('control');
      expect(refused.message).toMatch(message);
    });
  });

  it('counts a probe named twice once', () => {
    expect(plan({ hosts: ['sim-a'], probes: ['pf', 'pf'], runsPerHost: 1 })).toHaveLength(1);
  });

  it.each<[string, JobSpecInput, string, RegExp, RegExp]>([
    [
      'no host matches',
      { selector: 'generation=zen9' },
      'selector',
      /no host matches "generation=zen9"; 3 hosts/,
      /GET \/v1\/hosts/,
    ],
    ['a host is unknown', { hosts: ['sim-a', 'nowhere'] }, 'hosts', /no such host: nowhere/, /start a worker/],
    ['a host is named twice', { hosts: ['sim-a', 'sim-a'] }, 'hosts', /named twice: sim-a/, /runsPerHost/],
    [
      'a host lacks the probe',
      { selector: '*', probes: ['pf_rt'] },
      'probes',
      /sim-a, sim-b can't serve probes pf_rt/,
      /narrow/,
    ],
    [
      'a host lacks the executor',
      { hosts: ['sim-a'], executor: 'vm' },
      'executor',
      /sim-a can't serve executor vm/,
      /narrow/,
    ],
  ])('is refused when %s', (_, input, field, message, remedy) => {
    const refused = refusal(input);
    expect(refused.field).toBe(field);
    expect(refused.message).toMatch(message);
    expect(refused.remedy).toMatch(remedy);
  });

  describe('with a matrix', () => {
    const vm = (series: KernelSeries[]): Capability => ({
      executor: 'vm',
      probes: ['pf', 'pf_rt', 'syscall_rt'],
      provenance: 'emulated',
      series,
    });
    const both = [host('vm-a', [vm(['6.1', '6.12'])]), host('vm-b', [stock, vm(['6.12', '6.1'])])];
    const matrix = { series: ['6.1', '6.12'] as KernelSeries[], kpti: [true, false] };
    const cell = ({ hostId, replicate, guest }: PlannedRun) =>
      `${hostId} ${guest === undefined ? 'own' : guestText(guest)} ${replicate}`;

    it('takes turns over the cells of every host, in random order', () => {
      const runs = plan({ selector: '*', matrix, runsPerHost: 2 }, both);
      expect(runs.map(({ hostId, replicate }) => `${hostId} ${replicate}`)).toEqual(
        [0, 1].flatMap((turn) => ['vm-a', 'vm-b'].flatMap((hostId) => Array<string>(4).fill(`${hostId} ${turn}`))),
      );
      expect(runs.slice(0, 4).map(cell).sort()).toEqual([
        'vm-a 6.1 KPTI off 0',
        'vm-a 6.1 KPTI on 0',
        'vm-a 6.12 KPTI off 0',
        'vm-a 6.12 KPTI on 0',
      ]);
      const later = plan({ hosts: ['vm-a'], matrix, runsPerHost: 50 }, both);
      const firsts = later
        .filter((_, at) => at % 4 === 0)
        .map(({ guest }) => (guest === undefined ? 'own' : guestText(guest)));
      // 50 throws of a fair die with four faces: three standard deviations from 12.5 are 9.
      for (const one of new Set(firsts)) expect(firsts.filter((other) => other === one).length).toBeLessThan(22);
      expect(new Set(firsts).size).toBe(4);
      expect(new Set(runs.map(({ runId }) => runId)).size).toBe(16);
      expect(new Set(runs.map(({ executor, probe }) => `${executor} ${probe}`))).toEqual(new Set(['vm pf']));
      for (const run of runs) plannedRunSchema.parse(run);
    });

    it('boots each cell for each probe that is named', () => {
      const runs = plan({ hosts: ['vm-a'], matrix, probes: ['pf', 'syscall_rt'], runsPerHost: 1 }, both);
      expect(new Set(runs.map((run) => `${run.probe} ${cell(run)}`)).size).toBe(8);
    });

    it('leaves the run ids of jobs without one as they were, and keeps a cell’s when cells are added', () => {
      expect(plan({ hosts: ['vm-a'], runsPerHost: 1 }, both)[0]).toEqual({
        ...{ runId: uuidv5('vm-a/pf/0', jobId), hostId: 'vm-a', executor: 'vm', probe: 'pf', replicate: 0 },
      });
      const few = plan({ hosts: ['vm-a'], matrix: { ...matrix, kpti: [false] } }, both).map(({ runId }) => runId);
      const more = new Set(plan({ hosts: ['vm-a'], matrix }, both).map(({ runId }) => runId));
      expect(few.filter((runId) => !more.has(runId))).toEqual([]);
    });

    it('is refused on a host that boots no guest, or not this one', () => {
      expect(refusal({ selector: '*', matrix })).toMatchObject({
        field: 'matrix',
        message: "sim-a, sim-b can't serve executor vm; sim-a serves simulator with pf",
      });
      const earlier = host('vm-e', [{ ...vm(['6.1', '6.12']), probes: ['pf'] }]);
      expect(refusal({ selector: '*', matrix, probes: ['pf_rt'] }, [...both, earlier])).toMatchObject({
        field: 'probes',
        message: "vm-e can't serve executor vm with probes pf_rt; vm-e serves vm with pf",
      });
      const only612 = host('vm-c', [vm(['6.12'])]);
      expect(refusal({ selector: '*', matrix }, [...both, only612])).toMatchObject({
        field: 'matrix.series',
        message: 'vm-c has no image of kernel series 6.1',
        remedy: expect.stringContaining('npm run kernel:build -- --series 6.1') as unknown,
      });
      // A worker of an earlier release does not say what it can boot, and would not look at the cell either.
      const silent = host('vm-d', [{ executor: 'vm', probes: ['pf'], provenance: 'emulated' }]);
      expect(refusal({ selector: '*', matrix }, [silent]).message).toBe(
        'no host has an image of kernel series 6.1: vm-d',
      );
    });

    it('counts its cells against the limit of a job', () => {
      expect(
        refusal(
          { selector: '*', matrix, runsPerHost: 1_000 },
          Array.from({ length: 13 }, (_, at) => both.map((one) => ({ ...one, hostId: `${one.hostId}${at}` }))).flat(),
        ).message,
      ).toMatch(/104000 runs/);
    });
  });

  it('is refused on an empty fleet with the advice to start a worker', () => {
    expect(refusal({ selector: '*' }, []).remedy).toMatch(/start a worker/);
  });

  it('is refused beyond its limits before any run is laid out', () => {
    const many = Array.from({ length: 101 }, (_, index) => host(`h${index}`, [simulator]));
    const tooMany = refusal({ selector: '*', runsPerHost: 1_000 }, many);
    expect(tooMany.field).toBe('runsPerHost');
    expect(tooMany.message).toMatch(`at most ${limits.runsPerJob}`);
    const crowd = Array.from({ length: limits.hostsPerJob + 1 }, (_, index) => host(`h${index}`, [simulator]));
    expect(refusal({ selector: '*', runsPerHost: 1 }, crowd).message).toMatch(/10001 hosts match/);
  });

  it('keeps errors about many hosts short', () => {
    const many = Array.from({ length: 100 }, (_, index) => host(`h${index}`, [simulator]));
    expect(refusal({ selector: '*', executor: 'vm' }, many).message).toMatch(/and 95 more/);
  });
});

describe('the seed of a run', () => {
  it('is a 32-bit number that differs by job seed, host, probe and replicate', () => {
    const seeds = [
      runSeed(1, 'a', 'pf', 0),
      runSeed(2, 'a', 'pf', 0),
      runSeed(1, 'b', 'pf', 0),
      runSeed(1, 'a', 'pf_rt', 0),
      runSeed(1, 'a', 'pf', 1),
    ];
    expect(new Set(seeds).size).toBe(5);
    for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff).toBe(true);
    expect(runSeed(1, 'a', 'pf', 0)).toBe(seeds[0]);
  });
});

describe('randomised blocks', () => {
  it('have each side once, in an order drawn from the seed, as docs/statistics.md has it', () => {
    const side = (name: string) => Array.from({ length: 3 }, () => ({ hostId: 'h1', name }));
    const order = (seed: number) => orderRuns([side('a'), side('b')], 'interleaved', seed).map(({ name }) => name);
    expect(order(1).join('')).toBe('baabab');
    expect(order(7).join('')).toBe('abbaab');
  });
});
