import type { FileHandle } from 'node:fs/promises';
import { probeNames } from '#contracts';
import {
  createOriginReportReader,
  createRecordReader,
  createRunFinder,
  type FoundRun,
  type OriginReport,
  type RunsFound,
} from '#dmesg';
import { count, counted } from '#wording';
import { chunksOf, refused } from './log-file.js';

export interface Survey {
  file: string;
  bytes: number;
  /** How records are written, as `createRecordReader` names it: `kmsg`, `text`, `journal-json`, … */
  form: string | null;
  runs: FoundRun[];
  /** More runs stand in the log than are listed. */
  moreRuns: boolean;
  /** Means that the origin's own program printed; without samples. */
  originReports: OriginReport[];
}

const mostReports = 1_000;
const runsListed = 20;
/** Bytes from which the form of records is recognised. */
const formBytes = 65_536;

/** What files that people take for a kernel log begin with. */
const packed = [
  { begins: '\x1f\x8b', what: 'compressed by gzip', unpack: 'zcat' },
  { begins: '\x28\xb5\x2f\xfd', what: 'compressed by zstd', unpack: 'zstdcat' },
  { begins: '\xfd7zXZ', what: 'compressed by xz', unpack: 'xzcat' },
  { begins: 'BZh', what: 'compressed by bzip2', unpack: 'bzcat' },
  { begins: 'LPKSHHRH', what: 'a binary journal of systemd', unpack: 'journalctl -k -o export --file' },
];

/**
 * Reads a log once, to find out which runs it holds.
 *
 * @throws CliError when it holds nothing of ours: what was looked for, what stands there instead, what to do
 */
export async function surveyLog(log: FileHandle, file: string, nonce: string | undefined): Promise<Survey> {
  const finder = createRunFinder(nonce);
  const reports = createOriginReportReader();
  const originReports: OriginReport[] = [];
  let bytes = 0;
  let form: string | null = null;
  let binary = false;
  for await (const chunk of chunksOf(log, file)) {
    if (bytes === 0) {
      const first = Buffer.from(chunk.subarray(0, formBytes));
      refusePacked(first, file);
      binary = first.includes(0);
      const records = createRecordReader();
      records.push(first);
      records.end();
      form = records.form;
    }
    bytes += chunk.length;
    finder.push(chunk);
    originReports.push(...reports.push(chunk).slice(0, mostReports - originReports.length));
  }
  const found = finder.end();
  if (found.runs.length === 0 && originReports.length === 0) refuseEmpty(file, bytes, binary, found);
  return { file, bytes, form, runs: found.runs, moreRuns: found.more, originReports };
}

/** The run to be read: the only one, or the one that is named; null when the log has only reports of the origin. */
export function chosenRun({ runs, moreRuns }: Survey, file: string, nonce: string | undefined): FoundRun | null {
  const run = nonce === undefined ? runs[0] : runs.find((one) => one.nonce === nonce);
  const has = `${runs.slice(0, runsListed).map(runText).join('\n')}${runs.length > runsListed ? '\n…' : ''}`;
  if (nonce === undefined && runs.length > 1)
    throw refused(
      file,
      `holds ${moreRuns ? 'more than ' : ''}${count(runs.length)} runs:\n${has}`,
      `choose one: --nonce ${runs.at(-1)?.nonce}`,
    );
  if (nonce !== undefined && run === undefined)
    throw refused(file, `has no good line of run ${nonce}; it holds:\n${has || 'no run'}`, 'name one of these');
  if (run !== undefined && run.probe !== null && !probeNames.some((probe) => probe === run.probe))
    throw refused(
      file,
      `has run ${run.nonce} of probe ${run.probe}, which this xf does not know`,
      `it knows ${probeNames.join(', ')}; read the log with the release that took it`,
    );
  return run ?? null;
}

const runText = ({ nonce, probe, announced }: FoundRun): string =>
  `  ${nonce}  ${probe ?? 'probe not known'}${announced === null ? '' : `, ${counted(announced, 'announced fault')}`}`;

function refusePacked(first: Buffer, file: string): void {
  const kind = packed.find(({ begins }) => first.toString('latin1', 0, begins.length) === begins);
  if (kind !== undefined) throw refused(file, `is ${kind.what}`, `${kind.unpack} ${file} | xf log read -`);
}

function refuseEmpty(file: string, bytes: number, binary: boolean, found: RunsFound): never {
  const { markedLines, colouredLines, otherVersions } = found;
  if (bytes === 0) throw refused(file, 'is empty', 'take the log again: dmesg | xf log read -');
  if (colouredLines > 0)
    throw refused(
      file,
      `was taken with terminal colours, which are inside all its ${counted(markedLines, 'marked line')}`,
      'take the log again with dmesg --color=never',
    );
  if (otherVersions.length > 0)
    throw refused(
      file,
      `holds lines of contract version ${otherVersions.join(', ')}; this xf reads version 1`,
      'read it with the release that took it',
    );
  if (binary) throw refused(file, 'is a binary file without a run in it', 'give the log as text: dmesg, journalctl -k');
  if (markedLines > 0)
    throw refused(
      file,
      `has ${counted(markedLines, 'line')} marked magic=0x19940619, none of them with a right checksum`,
      'take the log again: lines were cut or changed on their way, by a wrapping terminal for instance',
    );
  throw refused(
    file,
    'has no line of a run: no "xperf: magic=0x19940619 v=1 run=…" and no "XPERF REPORT"',
    'lines leave the ring buffer as others come: take the log soon after the run, or journalctl -k',
  );
}
