import type { ImportedRun, ImportReply } from '#contracts';
import { count, counted } from '#wording';
import { type Column, type Look, plainLook } from './columns.js';
import { shortId, wrapped } from './format.js';
import { tableText } from './listing.js';

const outcomes: Record<ImportedRun['outcome'], string> = {
  imported: 'imported',
  known: 'known already',
  refused: 'refused',
};

/** Of a run that was refused nothing was counted. */
const counts = (of: (run: ImportedRun) => number) => (run: ImportedRun) =>
  run.outcome === 'refused' ? '' : count(of(run));

const columns: readonly Column<ImportedRun>[] = [
  { head: 'nonce', of: ({ nonce }) => nonce, cut: true },
  { head: 'probe', of: ({ probe }) => probe ?? 'not known' },
  { head: 'outcome', of: ({ outcome }) => outcomes[outcome] },
  { head: 'samples ', of: counts(({ samples }) => samples) },
  { head: 'lost ', of: counts(({ lost }) => lost) },
  { head: 'rejected ', of: counts(({ rejected }) => rejected), spare: true },
  { head: 'run', of: ({ runId }) => (runId === null ? '' : shortId(runId)), raw: ({ runId }) => runId },
];

export function importText({ host, bytes, runs, notes }: ImportReply, look: Look = plainLook): string {
  const fresh = runs.filter(({ outcome }) => outcome === 'imported').length;
  const refusals = runs.filter(({ outcome }) => outcome === 'refused');
  return [
    wrapped(
      `${counted(bytes, 'byte')} of host ${host}: ${counted(fresh, 'new run')} of ${count(runs.length)} in the log`,
    ),
    tableText({ columns, rows: runs }, look),
    ...refusals.flatMap(({ reason, remedy }) => [wrapped(`! ${reason ?? ''}`), wrapped(`→ ${remedy ?? ''}`, '  ')]),
    ...notes.map((note) => wrapped(`! ${note}`)),
    ...(fresh > 0 ? ['xf runs <run> shows one; xf results --by provenance shows them beside the rest'] : []),
  ].join('\n');
}
