import { metricsOfProbe, type Probe } from '#contracts';
import type { WorkerRunCommand } from '#lifecycle';
import { encodeSamples, type SampleColumns, type SequenceTally } from '#samples';
import type { Captured } from './capture-batcher.js';
import { deflateLog } from './deflate-log.js';

/** Packed bytes that go with a CrossingSamplesRecorded event. `raw` is deflated. */
export interface Payload {
  samples: Uint8Array;
  raw: Uint8Array;
}

/** A command of an attempt, with the bytes that are stored beside its event. */
export interface CaptureCommand {
  command: WorkerRunCommand;
  payload?: Payload;
}

interface Summary {
  samples: number;
  interrupted: number;
  firstSeq: number | null;
  lastSeq: number | null;
}

function summaryOf({ seq, interrupted: flags }: SampleColumns): Summary {
  const samples = seq.length;
  if (samples === 0) return { samples, interrupted: 0, firstSeq: null, lastSeq: null };
  let interrupted = 0;
  let firstSeq = seq[0]!;
  let lastSeq = firstSeq;
  for (let index = 0; index < samples; index += 1) {
    const number = seq[index]!;
    if (number < firstSeq) firstSeq = number;
    if (number > lastSeq) lastSeq = number;
    interrupted += flags[index]!;
  }
  return { samples, interrupted, firstSeq, lastSeq };
}

/** What is to be recorded of captured batches and gaps, packed. The tally takes in every batch that is packed. */
export function captureCommands(
  attempt: number,
  probe: Probe,
  captured: readonly Captured[],
  tally: SequenceTally,
): Promise<CaptureCommand[]> {
  const metrics = [...metricsOfProbe(probe)];
  return Promise.all(
    captured.map(async (item): Promise<CaptureCommand> => {
      if (item.kind === 'gap') {
        const { reason, detail, lostRecords, lostSamples, rawFrom, rawTo } = item;
        const data = { reason, detail, lostRecords, lostSamples, rawFrom, rawTo };
        return { command: { type: 'observeGap', attempt, data } };
      }
      const { samples, raw, rawFrom, rawTo } = item;
      tally.add(samples.seq);
      const data = { probe, metrics, cpu: samples.cpu, ...summaryOf(samples), rawFrom, rawTo };
      return {
        command: { type: 'record', attempt, data },
        payload: { samples: encodeSamples(samples), raw: await deflateLog(raw) },
      };
    }),
  );
}
