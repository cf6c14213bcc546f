import { createHash } from 'node:crypto';
import { CaptureBatcher, type CaptureCommand, type Captured, captureCommands, unbelievable } from '#capture';
import { limits, type Probe, probeNames } from '#contracts';
import { createLogReader, type FoundRun, parserVersion } from '#dmesg';
import { deterministicId } from '#event-store';
import { samplesInconsistent, SequenceTally } from '#samples';
import { SampleTally } from '../replay/sample-tally.js';
import { pieceBytes, type RunInLog } from './survey-log.js';

/** No run can be made of what stands in the log. */
export class NotImportable extends Error {
  override readonly name = 'NotImportable';

  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** A run as the log has it, with the commands that record it. */
export interface ReadRun {
  /** Follows from what was measured: the same run has the same id, in whatever log it stands. */
  runId: string;
  nonce: string;
  probe: Probe;
  faults: number;
  warmup: number;
  samples: number;
  lost: number;
  rejected: number;
  damagedLines: number;
  place: RunInLog;
  commands: CaptureCommand[];
}

function knownProbe({ nonce, probe: name }: FoundRun): Probe {
  if (name === null)
    throw new NotImportable(
      `of run ${nonce}, neither the begin line nor a sample can be read`,
      'take the log again: these lines had left the kernel’s ring buffer, or were cut on their way',
    );
  const probe = probeNames.find((one) => one === name);
  if (probe !== undefined) return probe;
  throw new NotImportable(
    `run ${nonce} is of probe ${name}, which this release does not know`,
    `it knows ${probeNames.join(', ')}; import the log with the release that took it`,
  );
}

function countedFaults({ nonce, announced }: FoundRun): number {
  if (announced === null)
    throw new NotImportable(
      `of run ${nonce}, neither begin nor end line can be read, so that nobody knows how many samples are missing`,
      'take a log that has one of them; xf log read shows the samples that this one has',
    );
  if (announced <= limits.faultsPerRun) return announced;
  throw new NotImportable(
    `run ${nonce} announces ${announced} faults; a run has at most ${limits.faultsPerRun}`,
    'read it with xf log read',
  );
}

/**
 * Reads one run of a log as a worker reads a live one: the same parser, batches and doubts.
 *
 * @throws NotImportable
 */
export async function readRun(log: Uint8Array, found: FoundRun, place: RunInLog): Promise<ReadRun> {
  const { nonce } = found;
  const probe = knownProbe(found);
  const faults = countedFaults(found);
  const reader = createLogReader({ nonce, probe });
  let warmup = 0;
  const batcher = new CaptureBatcher({
    push(chunk) {
      const items = reader.push(chunk);
      for (const item of items) if (item.kind === 'begin') ({ warmup } = item);
      return items;
    },
    end: () => reader.end(),
    accounting: () => reader.accounting(),
  });
  const sequence = new SequenceTally(faults);
  const content = new SampleTally(faults);
  const commands: CaptureCommand[] = [];
  const raw = log.subarray(place.from, place.to);
  const take = async (captured: Captured[]): Promise<void> => {
    for (const item of captured) if (item.kind === 'batch') content.add(item.samples);
    commands.push(...(await captureCommands(1, probe, captured, sequence)));
  };
  // Packing is awaited, so that between two pieces the event loop turns.
  for (let at = 0; at < raw.length; at += pieceBytes) await take(batcher.push(raw.subarray(at, at + pieceBytes)));
  await take(batcher.end());
  const accounting = reader.accounting();
  const { samples, lost, rejected, damagedLines, overheadCycles } = accounting;
  const doubt = unbelievable(accounting, faults) ?? samplesInconsistent(sequence, { faults, samples, lost, rejected });
  if (doubt !== null) throw new NotImportable(`run ${nonce}: ${doubt.message}`, 'xf log read shows what the log has');
  const counts = { faults, lost, rejected, damagedLines, overheadCycles, rawBytes: raw.length };
  const data = { ...counts, durationMs: place.durationMs ?? 0, parserVersion };
  commands.push({ command: { type: 'complete', attempt: 1, data } });
  const identity = createHash('sha256').update([nonce, probe, faults, content.digest()].join(' ')).digest('hex');
  const runId = deterministicId('imported run', identity);
  return { runId, nonce, probe, faults, warmup, samples, lost, rejected, damagedLines, place, commands };
}
