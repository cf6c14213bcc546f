import { limits } from '#contracts';
import type { OriginReport } from '#dmesg';
import { count, counted, cycles } from '#wording';
import type { MetricReading, RunReading } from '../commands/log/read-run.js';
import type { Survey } from '../commands/log/survey.js';
import { type Column, type Look, plainLook } from './columns.js';
import { wrapped } from './format.js';
import { tableText } from './listing.js';

/** Gaps shown in words; --json has them all. */
const gapsShown = 10;

export function logReadingText(
  { file, bytes, form, run, originReports }: Survey & { run: RunReading | null },
  look: Look = plainLook,
): string {
  const source = file === '-' ? 'standard input' : file;
  const parts = [wrapped(`${source}: ${counted(bytes, 'byte')}, form ${form ?? 'unknown'}`)];
  if (run !== null) parts.push(...runLines(run, look));
  parts.push(...originReports.slice(0, gapsShown).map(reportText));
  if (originReports.length > gapsShown) parts.push(`… ${count(originReports.length - gapsShown)} more: --json`);
  return parts.join('\n');
}

function runLines(run: RunReading, look: Look): string[] {
  const where = run.pid === null ? ', its begin line is missing' : `, process ${run.pid} on CPU ${run.cpu}`;
  const lines = [
    wrapped(
      `run ${run.nonce}, probe ${run.probe ?? 'not known'}${where}${run.ended ? '' : ', its end line is missing'}`,
    ),
    accountText(run),
    wrapped(
      `lines: ${count(run.damagedLines)} damaged, ${count(run.repeatedLines)} repeated, ` +
        `${count(run.foreignLines)} of other runs or contract versions`,
    ),
  ];
  return [...lines, ...figureLines(run, look), ...gapLines(run)];
}

function accountText({ announced, samples, interrupted, lost, rejected, ended }: RunReading): string {
  const marked = interrupted === 0 ? '' : ` (${count(interrupted)} with an interrupt between, which count)`;
  if (announced === null) return wrapped(`announced: not known; ${counted(samples, 'sample')}${marked}`);
  // The end line tells rejected faults; without it they are among the lost.
  const unknown = ended ? '' : '; without the end line, faults that were rejected count as lost';
  return wrapped(
    `${count(announced)} announced: ${counted(samples, 'sample')}${marked}, ${count(lost)} lost, ` +
      `${count(rejected)} rejected${unknown}`,
  );
}

const columns: readonly Column<MetricReading>[] = [
  { head: 'metric', of: ({ metric }) => metric },
  { head: 'values ', of: ({ samples }) => count(samples) },
  { head: 'missing ', of: ({ missing }) => count(missing) },
  { head: 'p5 ', of: ({ p5 }) => cycles(p5) },
  { head: 'p50 ', of: ({ p50 }) => cycles(p50) },
  { head: 'p99 ', of: ({ p99 }) => cycles(p99) },
];

function figureLines({ figures, overheadCycles }: RunReading, look: Look): string[] {
  if (figures === null) return [`no figures: more than ${count(limits.faultsPerRun)} samples; --csv has them`];
  if (figures.length === 0) return [];
  const stamps =
    overheadCycles === null ? '' : `; two stamps back to back take ${count(overheadCycles)}, not subtracted`;
  return [tableText({ columns, rows: figures }, look), wrapped(`p5, p50, p99 in TSC cycles${stamps}`)];
}

function gapLines({ gaps, gapsNotShown }: RunReading): string[] {
  // Lines of other runs cost this one nothing; they are counted above.
  const own = gaps.filter(({ reason }) => reason !== 'foreign-line');
  const shown = own
    .slice(0, gapsShown)
    .map(({ reason, detail, rawFrom, rawTo }) => wrapped(`${reason}, bytes ${rawFrom} to ${rawTo}: ${detail}`, '  '));
  const left = own.length - shown.length + gapsNotShown;
  return [...totals(own, gapsNotShown), ...shown, ...(left === 0 ? [] : [`  … ${count(left)} more: --json`])];
}

/** One line for all gaps: how many of each reason, and what they cost. */
function totals(gaps: RunReading['gaps'], gapsNotShown: number): string[] {
  if (gaps.length === 0) return [];
  const reasons = [...new Set(gaps.map(({ reason }) => reason))].map((reason) => {
    const alike = gaps.filter((gap) => gap.reason === reason);
    const lost = alike.reduce((sum, { lostSamples }) => sum + lostSamples, 0);
    return `${count(alike.length)} ${reason}${lost === 0 ? '' : ` (${counted(lost, 'sample')})`}`;
  });
  const more = gapsNotShown === 0 ? [] : [`${count(gapsNotShown)} not listed singly`];
  return [wrapped(`gaps: ${[...reasons, ...more].join(', ')}`)];
}

const reportText = ({ faults, meanU2kCycles, meanK2uCycles }: OriginReport): string =>
  wrapped(
    `report of the origin’s program: means over ${counted(faults, 'fault')}, u2k ${cycles(meanU2kCycles)}, ` +
      `k2u ${cycles(meanK2uCycles)} TSC cycles; it has no samples and no checksum`,
  );
