import { setImmediate as turn } from 'node:timers/promises';
import { type BootLines, createBootLineReader, createRecordReader, createRunFinder, type RunsFound } from '#dmesg';

/** Where a run's lines stand in a log, and what the log says of when and on what machine they were printed. */
export interface RunInLog {
  /** Bytes from the first record with a line of it to the last. */
  from: number;
  to: number;
  boot: BootLines;
  /** ISO 8601 with offset; null where the log's records have no such time. */
  firstAt: string | null;
  lastAt: string | null;
  /** Between its first record and its last; null where records have no time. */
  durationMs: number | null;
}

export interface LogSurvey extends RunsFound {
  /** How records are written; null for a log too short to tell. */
  form: string | null;
  places: ReadonlyMap<string, RunInLog>;
}

/** Bytes read before the event loop turns: some 10 ms. */
export const pieceBytes = 262_144;
const ours = /magic=0x19940619 v=1 run=([\da-f]{8}) /;
/** A year, and an offset from UTC. */
const whole = /^\d{4}-.*(?:Z|[+-]\d\d:?\d\d)$/;

interface Sight extends Pick<RunInLog, 'from' | 'to' | 'boot' | 'firstAt' | 'lastAt'> {
  firstUs: number | null;
  lastUs: number | null;
}

/** Reads a log once: which runs stand in it, where, and under which boot. */
export async function surveyLog(log: Uint8Array): Promise<LogSurvey> {
  const finder = createRunFinder();
  const records = createRecordReader();
  const boot = createBootLineReader();
  const seen = new Map<string, Sight>();
  const take = ({ message, rawFrom, rawTo, wallTime, monotonicUs }: ReturnType<typeof records.push>[number]): void => {
    const nonce = ours.exec(message)?.[1];
    if (nonce === undefined) return boot.take(message);
    const at = wallTime !== null && whole.test(wallTime) ? wallTime : null;
    const last = { to: rawTo, lastAt: at, lastUs: monotonicUs };
    const before = seen.get(nonce);
    if (before !== undefined) Object.assign(before, last);
    else seen.set(nonce, { from: rawFrom, boot: boot.found, firstAt: at, firstUs: monotonicUs, ...last });
  };
  for (let at = 0; at < log.length; at += pieceBytes) {
    const piece = log.subarray(at, at + pieceBytes);
    finder.push(piece);
    for (const record of records.push(piece)) take(record);
    await turn();
  }
  for (const record of records.end()) take(record);
  const places = new Map([...seen].map(([nonce, sight]) => [nonce, placeOf(sight)]));
  return { ...finder.end(), form: records.form, places };
}

function placeOf({ firstUs, lastUs, ...place }: Sight): RunInLog {
  const { firstAt, lastAt } = place;
  const byClock = firstAt === null || lastAt === null ? null : Date.parse(lastAt) - Date.parse(firstAt);
  const ms = firstUs === null || lastUs === null ? byClock : Math.round((lastUs - firstUs) / 1000);
  return { ...place, durationMs: ms === null || ms < 0 ? null : ms };
}
