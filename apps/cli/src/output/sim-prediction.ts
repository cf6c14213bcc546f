import { band, cycles, nanoseconds } from '#wording';
import type { Prediction } from '#entry-sim';
import { table } from './format.js';
import { machineText } from './sim-machine.js';

const names = { u2k: 'u2k', k2u: 'k2u', kpti: 'kpti (outside both)' };

export function predictionText({ machine, lineage, figures, mitigations }: Prediction): string {
  const head = ['window', 'core cycles ', 'TSC cycles ', 'band ', 'TSC from ', 'to ', 'ns ', 'standing'];
  const rows = figures.map((figure) => [
    names[figure.what],
    cycles(figure.coreCycles),
    cycles(figure.tscCycles),
    band(figure.errorBand),
    cycles(figure.lowTscCycles),
    cycles(figure.highTscCycles),
    nanoseconds(figure.ns),
    figure.standing,
  ]);
  return [
    machineText(machine, lineage),
    '',
    table(head, rows),
    '',
    ...mitigations.map(({ name, where }) => `${name}: ${where}`),
    'Without noise. "estimate": most of it rests on figures that nobody published for this core.',
  ].join('\n');
}
