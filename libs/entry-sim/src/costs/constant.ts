/**
 * How far a constant can be trusted. A: primary source with known conditions. B: conditions partly known.
 * C: weak, or assumed.
 */
export type Trust = 'A' | 'B' | 'C';

/** A cost in core cycles and where it comes from. */
export interface Cost {
  cycles: number;
  source: string;
  trust: Trust;
}

export const cost = (cycles: number, trust: Trust, source: string): Cost => ({ cycles, source, trust });
