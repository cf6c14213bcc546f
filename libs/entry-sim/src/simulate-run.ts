import type { Probe } from '#contracts';
import { formatContractLine } from '#dmesg';
import { damageLog, LOG_FAULTS, type LogFault } from './damage/damage-log.js';
import { microarchitectureCosts } from './costs/microarchitectures.js';
import { findMachine } from './machines/catalogue.js';
import type { SimulatedMachine } from './vocabulary/simulated-machine.js';
import { CrossingNoise, type NoiseConditions } from './noise/crossing-noise.js';
import { Random } from './noise/random.js';
import { SimulationRefused } from './vocabulary/simulation-refused.js';

export interface SimulatedRunOptions {
  /** A key of `simulatedMachines`, or a machine that differs from those. */
  machine: string | SimulatedMachine;
  probe: Probe;
  /** Measured faults; the run prints a sample for each that the hook did not reject. */
  faults: number;
  /** Unrecorded faults before the first measured one. */
  warmup: number;
  /** 8 lower-case hex digits. */
  nonce: string;
  /** The same seed gives the same log. */
  seed: number;
  /** Samples a line, 1 to 64. */
  batch: number;
  /** What is the matter with the machine meanwhile; nothing when left out. */
  conditions?: NoiseConditions | undefined;
  /** What happens to the log on its way to the reader, in this order; nothing when left out. */
  damage?: readonly LogFault[] | undefined;
}

/** The probe that machines, costs and noise here are of (`simulated` in the catalogue of probes). */
export const simulated: Probe = 'pf';

/** Bytes of text after which a chunk is handed on. */
const chunkCharacters = 65_536;
/** Longest list of samples on one line; keeps the line under the contract's 1000 characters. */
const valuesCharacters = 860;
const infoPriority = 6;

/**
 * The kernel log of one run on a simulated machine: records in /dev/kmsg form from the begin to the end line of the
 * line contract, in chunks that end with a record.
 *
 * @throws SimulationRefused naming the option and the remedy.
 */
export function simulateRun(options: SimulatedRunOptions): Generator<string, void, undefined> {
  const { damage = [], seed } = options;
  const machine = typeof options.machine === 'string' ? findMachine(options.machine) : options.machine;
  checkOptions(options);
  const log = cleanRun(machine, options);
  return damage.length === 0 ? log : damageLog(log, damage, seed);
}

function* cleanRun(
  machine: SimulatedMachine,
  { faults, warmup, nonce, seed, batch, conditions }: SimulatedRunOptions,
): Generator<string, void, undefined> {
  const dice = new Random(seed ^ 0x5eed);
  const log = new KmsgText(nonce, 300 + (dice.uint32() % 2_000), 8e6 + (dice.uint32() % 4e6));
  const pid = 400 + (dice.uint32() % 20_000);
  const cpu = machine.cpus - 1;
  // A back-to-back stamp pair costs one rdtsc.
  const ratio = machine.tscMhz / machine.coreMhz;
  const overhead = Math.round(microarchitectureCosts[machine.costs].classes.rdtsc.cycles * ratio);
  log.line(
    `begin probe=${simulated} faults=${faults} warmup=${warmup} pid=${pid} cpu=${cpu} batch=${batch} overhead=${overhead}`,
  );

  const noise = new CrossingNoise(machine, seed, conditions);
  for (let fault = 0; fault < warmup; fault++) {
    const { u2k, k2u } = noise.next();
    log.tick((u2k + k2u + noise.loopTscCycles) / machine.tscMhz);
  }
  const head = `pid=${pid} cpu=${cpu} seq=`;
  let samples = 0;
  let first = 0;
  let count = 0;
  let values = '';
  const flush = (): void => {
    if (count > 0) log.line(`${head}${first} n=${count} d=${values}`);
    count = 0;
    values = '';
  };
  for (let seq = 0; seq < faults; seq++) {
    const { u2k, k2u, interrupted, rejected } = noise.next();
    log.tick((u2k + k2u + noise.loopTscCycles) / machine.tscMhz);
    if (rejected) flush();
    else if (batch === 1) log.line(`${head}${seq} u2k=${u2k} k2u=${k2u} irq=${interrupted ? 1 : 0}`);
    else {
      if (count === 0) first = seq;
      values += `${count === 0 ? '' : ','}${u2k}/${k2u}${interrupted ? '!' : ''}`;
      if (++count === batch || values.length > valuesCharacters) flush();
    }
    if (!rejected) samples++;
    if (log.length >= chunkCharacters) yield log.take();
  }
  flush();
  log.line(`end faults=${faults} samples=${samples} rejected=${faults - samples}`);
  yield log.take();
}

function checkOptions({ probe, faults, warmup, nonce, batch, damage = [] }: SimulatedRunOptions): void {
  const unknown = damage.find((fault) => !LOG_FAULTS.includes(fault));
  if (unknown !== undefined)
    throw new SimulationRefused('damage', `"${String(unknown)}" is not known`, `choose from: ${LOG_FAULTS.join(', ')}`);
  if (probe !== simulated)
    throw new SimulationRefused('probe', `"${probe}" is not simulated`, `use probe ${simulated}`);
  if (!/^[0-9a-f]{8}$/.test(nonce))
    throw new SimulationRefused('nonce', `"${nonce}" is not a run nonce`, 'give 8 lower-case hex digits');
  if (!Number.isInteger(batch) || batch < 1 || batch > 64)
    throw new SimulationRefused(
      'batch',
      `${batch} samples a line are not possible`,
      'give a whole number from 1 to 64',
    );
  if (!Number.isInteger(faults) || faults < 1)
    throw new SimulationRefused('faults', `${faults} is not a number of faults`, 'give a whole number from 1 on');
  if (!Number.isInteger(warmup) || warmup < 0)
    throw new SimulationRefused('warmup', `${warmup} is not a number of faults`, 'give a whole number from 0 on');
}

/** Text of /dev/kmsg records that follow one another in number and time. */
class KmsgText {
  readonly #nonce: string;
  #seq: number;
  #microseconds: number;
  #text = '';

  constructor(nonce: string, seq: number, microseconds: number) {
    this.#nonce = nonce;
    this.#seq = seq;
    this.#microseconds = microseconds;
  }

  get length(): number {
    return this.#text.length;
  }

  tick(microseconds: number): void {
    this.#microseconds += microseconds;
  }

  line(fields: string): void {
    const line = formatContractLine(this.#nonce, fields);
    this.#text += `${infoPriority},${this.#seq++},${Math.floor(this.#microseconds)},-;${line}\n`;
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
