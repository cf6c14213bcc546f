import type { ImportedRun, ImportReply } from '#contracts';
import { count, counted } from '#wording';
import { table, wrapped } from './format.js';

const outcomes: Record<ImportedRun['outcome'], string> = {
  imported: 'imported',
  known: 'known already',
  refused: 'refused',
};

const row = ({ nonce, probe, outcome, samples, lost, rejected, runId }: ImportedRun): string[] => [
  nonce,
  probe ?? 'not known',
  outcomes[outcome],
  ...(outcome === 'refused' ? ['', '', ''] : [count(samples), count(lost), count(rejected)]),
  runId ?? '',
];

export function importText({ host, bytes, runs, notes }: ImportReply): string {
  const fresh = runs.filter(({ outcome }) => outcome === 'imported').length;
  const refusals = runs.filter(({ outcome }) => outcome === 'refused');
  return [
    wrapped(
      `${counted(bytes, 'byte')} of host ${host}: ${counted(fresh, 'new run')} of ${count(runs.length)} in the log`,
    ),
    table(['nonce', 'probe', 'outcome', 'samples ', 'lost ', 'rejected ', 'run'], runs.map(row)),
    ...refusals.flatMap(({ reason, remedy }) => [wrapped(`! ${reason ?? ''}`), wrapped(`→ ${remedy ?? ''}`, '  ')]),
    ...notes.map((note) => wrapped(`! ${note}`)),
    ...(fresh > 0 ? ['xf runs <run> shows one; xf results --by provenance shows them beside the rest'] : []),
  ].join('\n');
}
