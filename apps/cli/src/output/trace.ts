import { count, cycles, findingStateNames, nanoseconds, ratio } from '#wording';
import { agrees, type Trace } from '../trace/trace-run.js';
import { type Look, plainLook } from './columns.js';
import { factLine, shortId, time, wrapped } from './format.js';

/** What differs, or that nothing does. */
export function checkText({ figures, parser }: Pick<Trace, 'figures' | 'parser'>): string {
  const other = figures.filter((figure) => !agrees(figure));
  if (other.length === 0)
    return `all ${count(figures.length)} figures of the run, computed again from these bytes, are the same`;
  const shown = other.map(
    ({ metric, figure, stored, fromBytes }) =>
      `${metric} ${figure} ${cycles(stored)}, the bytes give ${cycles(fromBytes)}`,
  );
  const why =
    parser.stored === parser.here
      ? 'they were read by this same parser: please report it'
      : `they were read by parser ${parser.stored ?? 'unknown'}, this is ${parser.here}: xf replay --dry-run shows what it would change`;
  return `${count(other.length)} of ${count(figures.length)} figures differ: ${shown.join('; ')}; ${why}`;
}

const eventText = ({ type, stream, version, eventId, recordedAt }: NonNullable<Trace['figuresEvent']>): string =>
  `${type}, version ${version} of ${stream.replace(/^(\w+)-.*-/, '$1-…')}, event ${eventId}, ${time(recordedAt)}`;

/** From the figure down to the bytes, and what is above it. */
export function traceText(trace: Trace, look: Look = plainLook): string {
  const { run, log, reading, traced, figuresEvent, findings } = trace;
  const fact = (text: string): string => factLine(text, look);
  const what = traced.figure === null ? `sample ${traced.samples[0]?.seq ?? ''}` : traced.figure;
  const value = `${cycles(traced.cycles)} cycles${traced.nanoseconds === null ? '' : `, ${nanoseconds(traced.nanoseconds)} ns`}`;
  const lines = [
    wrapped(
      `${traced.metric} ${what} of run ${run.runId}: ${value}, ${run.provenance ?? 'provenance not known'}`,
      '',
      look,
      '  ',
    ),
    ...findings.map(({ findingId, state, kind, ratio: moved, fromDay, toDay }) =>
      fact(
        `finding ${shortId(findingId)}: ${kind} of ${ratio(moved)}, ${fromDay === toDay ? fromDay : `${fromDay} to ${toDay}`}, ${findingStateNames[state]}`,
      ),
    ),
    fact(
      `host ${run.hostId}, boot state ${run.bootStateHash?.slice(0, 12) ?? 'unknown'}, job ${run.jobId}, attempt ${run.attempt}`,
    ),
    ...(figuresEvent === null ? [] : [fact(`figures by ${eventText(figuresEvent)}`)]),
    fact(
      `samples ${count(reading.samples)}, lost ${count(reading.lost)}, rejected ${count(reading.rejected)}, of ${reading.announced === null ? 'an unknown number of' : count(reading.announced)} faults`,
    ),
  ];
  if (traced.samples.length > 1) lines.push(fact('it lies between two samples'));
  for (const { seq, cycles: of, line, event } of traced.samples) {
    lines.push(
      fact(`sample ${seq}: ${cycles(of)} cycles, in bytes ${count(line.rawFrom)} to ${count(line.rawTo)} of the log:`),
    );
    lines.push(`    ${line.text}`);
    if (event !== null) lines.push(fact(`stored by ${eventText(event)}`));
  }
  lines.push(
    fact(
      `log: ${count(log.bytes)} bytes, SHA-256 ${log.sha256}, nonce ${log.nonce}; xf runs ${shortId(run.runId)} --raw writes it`,
    ),
    wrapped(checkText(trace), '', look, '  '),
  );
  return lines.join('\n');
}
