import { band, cycles, nanoseconds } from '#wording';
import type { Prediction } from '#entry-sim';
import { type Column, type Look, plainLook } from './columns.js';
import { tableText } from './listing.js';
import { machineText } from './sim-machine.js';

const names = { u2k: 'u2k', k2u: 'k2u', kpti: 'kpti (outside both)' };

const columns: readonly Column<Prediction['figures'][number]>[] = [
  { head: 'window', of: ({ what }) => names[what] },
  { head: 'core cycles ', of: ({ coreCycles }) => cycles(coreCycles), spare: true },
  { head: 'TSC cycles ', of: ({ tscCycles }) => cycles(tscCycles) },
  { head: 'band ', of: ({ errorBand }) => band(errorBand) },
  { head: 'TSC from ', of: ({ lowTscCycles }) => cycles(lowTscCycles) },
  { head: 'to ', of: ({ highTscCycles }) => cycles(highTscCycles) },
  { head: 'ns ', of: ({ ns }) => nanoseconds(ns) },
  { head: 'standing', of: ({ standing }) => standing },
];

export function predictionText({ machine, lineage, figures, mitigations }: Prediction, look: Look = plainLook): string {
  return [
    machineText(machine, lineage),
    '',
    tableText({ columns, rows: figures }, look),
    '',
    ...mitigations.map(({ name, where }) => `${name}: ${where}`),
    'Without noise. "estimate": most of it rests on figures that nobody published for this core.',
  ].join('\n');
}
