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

function summaryOf({ seq, interrupted }: SampleColumns): {
  samples: number;
  interrupted: number;
  firstSeq: number | null;
  lastSeq: number | null;
} {
  const some = seq.length > 0;
  return {
    samples: seq.length,
    interrupted: interrupted.reduce((sum, flag) => sum + flag, 0),
    firstSeq: some ? seq.reduce((least, value) => Math.min(least, value)) : null,
    lastSeq: some ? seq.reduce((most, value) => Math.max(most, value)) : null,
  };
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
