import { publishedFigures, type PublishedFigure } from './published.js';
import { type Grade, simulatedFigure, type Role } from './simulated-figures.js';

/** One calibration figure: what was published, what the model gives, and what to make of it. */
export interface CalibrationRow extends PublishedFigure {
  /** In the published figure's unit; null when the model does not model it. */
  simulated: number | null;
  /** Simulated over published. */
  ratio: number | null;
  /** Half-width of the simulated figure's band as a share of it. */
  errorBand: number | null;
  /** Whether the published figure lies within the simulated one's band. */
  within: boolean | null;
  role: Role | 'not modelled';
  /** The band that a `check` tests; null of all others. */
  grade: Grade | null;
  note: string | null;
}

const notModelled: Readonly<Record<string, string>> = {
  'call-gate': 'no path that is simulated goes through a call gate',
  syscall: 'only crossings by page fault and iretq are simulated, not system calls',
  sysenter: 'only crossings by page fault and iretq are simulated, not system calls',
  getpid: 'only crossings by page fault and iretq are simulated, not system calls',
  'empty-syscall': 'only crossings by page fault and iretq are simulated; the difference that KPTI makes is checked',
  'empty-syscall-kpti':
    'only crossings by page fault and iretq are simulated; the difference that KPTI makes is checked',
  'sel4-call': "another kernel's message passing",
  'sel4-reply': "another kernel's message passing",
};

/** Compares the model with published figures. The model sees their ids only, never their values. */
export function calibrationReport(figures: readonly PublishedFigure[] = publishedFigures): CalibrationRow[] {
  return figures.map((figure): CalibrationRow => {
    const simulated = simulatedFigure(figure.id);
    if (simulated === null) {
      const note = notModelled[figure.id] ?? 'the simulated windows hold no such instruction, or no such core';
      return {
        ...figure,
        simulated: null,
        ratio: null,
        errorBand: null,
        within: null,
        role: 'not modelled',
        grade: null,
        note,
      };
    }
    const { value, errorBand, role, grade, note } = simulated;
    const within = Math.abs(figure.value - value) <= value * errorBand;
    return { ...figure, simulated: value, ratio: value / figure.value, errorBand, within, role, grade, note };
  });
}
