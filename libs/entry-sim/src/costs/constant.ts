/**
 * How far a constant can be trusted. A: primary source with known conditions. B: conditions partly known.
 * C: weak, assumed, or carried over from another core.
 */
export type Trust = 'A' | 'B' | 'C';

/**
 * How a constant came to stand for a core: somebody published it for that core; the collection of published figures
 * chose it beside crossings measured on that core; or we took it from elsewhere.
 */
export type Basis = 'published' | 'anchored' | 'assumed' | 'carried';

/** A cost in core cycles and where it comes from. */
export interface Cost {
  cycles: number;
  source: string;
  trust: Trust;
  basis: Basis;
  /** Half-width of the range in which the true cost is believed to lie, as a share of `cycles`; follows from the grade. */
  relativeError: number;
}

/** What a grade means in figures. Ours: published tables of one throughput differ by a few cycles from one another. */
const errorOfGrade = { A: 0.05, B: 0.1 } as const;
/** An assumption may be off by half either way. */
const errorOfAssumption = 0.5;

/** A figure that somebody published for this very core. */
export function published(cycles: number, trust: 'A' | 'B', source: string): Cost {
  return { cycles, source, trust, basis: 'published', relativeError: errorOfGrade[trust] };
}

/** A starting value that stands beside published crossings of this very core, and was chosen to give them. */
export function anchored(cycles: number, source: string): Cost {
  return { cycles, source, trust: 'B', basis: 'anchored', relativeError: errorOfGrade.B };
}

/** The same where a range is given: its middle, and half of it as the error. */
export function anchoredRange(low: number, high: number, source: string): Cost {
  const cycles = (low + high) / 2;
  return { cycles, source, trust: 'B', basis: 'anchored', relativeError: (high - low) / 2 / cycles };
}

/** No figure was found: ours. */
export function assumed(cycles: number, source: string): Cost {
  return { cycles, source, trust: 'C', basis: 'assumed', relativeError: errorOfAssumption };
}

/** Another core's figure, unchanged; `relativeError` says how far apart the two cores are believed to be. */
export function carried({ cycles, basis, relativeError: own }: Cost, from: string, relativeError: number): Cost {
  return {
    cycles,
    source: `nothing published for this core: ${from}'s value unchanged (estimate)`,
    trust: 'C',
    basis: basis === 'assumed' ? 'assumed' : 'carried',
    relativeError: Math.max(own, relativeError),
  };
}
