/** Sequence numbers `[from, to)` that were passed over, and where in the log that showed. */
export interface Hole {
  from: number;
  to: number;
  /** A record gap or a damaged line stood where the numbers jumped: more likely a loss than a rejected fault. */
  evidence: boolean;
  rawFrom: number;
  rawTo: number;
}

/** A loss that the end line's counts prove, allotted to the hole where it shows. `hole` is null for the run's tail. */
export interface AllottedLoss {
  hole: Hole | null;
  lostSamples: number;
}

/** Holes kept open for late samples; beyond that the oldest are closed, so that memory stays bounded. */
const openHoles = 1_024;

/**
 * Which of a run's faults gave a sample. Sequence numbers normally come in order; a number that comes late is
 * accepted once, while its hole is open. So no sample counts twice, however the log was spliced.
 */
export class RunLedger {
  #next = 0;
  #holes: Hole[] = [];
  /** Passed-over numbers in holes that were closed, folded into one. */
  #closed: { missing: number; hole: Hole } | null = null;
  samples = 0;

  /** First sequence number behind all that were read. */
  get next(): number {
    return this.#next;
  }

  /** How many of `[first, first + count)` were already read (or lie in a closed hole). */
  alreadyRead(first: number, count: number): number {
    if (first >= this.#next) return 0;
    const to = Math.min(first + count, this.#next);
    let open = 0;
    for (const hole of this.#holes) open += Math.max(0, Math.min(to, hole.to) - Math.max(first, hole.from));
    return to - first - open;
  }

  /** Takes samples of which none was read before. */
  accept(first: number, count: number, evidence: boolean, rawFrom: number, rawTo: number): void {
    this.samples += count;
    if (first === this.#next) {
      this.#next = first + count;
      return;
    }
    if (first > this.#next) this.#open({ from: this.#next, to: first, evidence, rawFrom, rawTo });
    if (first > this.#next) this.#next = first + count;
    else this.#fill(first, first + count);
  }

  #open(hole: Hole): void {
    this.#holes.push(hole);
    if (this.#holes.length > openHoles) this.#closeOldest();
  }

  #closeOldest(): void {
    const oldest = this.#holes.shift()!;
    const missing = oldest.to - oldest.from;
    if (this.#closed === null) {
      this.#closed = { missing, hole: oldest };
      return;
    }
    const folded = this.#closed.hole;
    folded.to = Math.max(folded.to, oldest.to);
    folded.from = Math.min(folded.from, oldest.from);
    folded.rawFrom = Math.min(folded.rawFrom, oldest.rawFrom);
    folded.rawTo = Math.max(folded.rawTo, oldest.rawTo);
    folded.evidence ||= oldest.evidence;
    this.#closed.missing += missing;
  }

  #fill(from: number, to: number): void {
    const left: Hole[] = [];
    for (const hole of this.#holes) {
      if (hole.to <= from || hole.from >= to) {
        left.push(hole);
        continue;
      }
      if (hole.from < from) left.push({ ...hole, to: from });
      if (hole.to > to) left.push({ ...hole, from: to });
    }
    this.#holes = left;
    // A line in the middle of a hole makes two of it.
    if (left.length > openHoles) this.#closeOldest();
    // Late samples may straddle the front: what lies behind it is new ground.
    if (to > this.#next) this.#next = to;
  }

  /** Numbers below `announced` (or below the front, when nothing was announced) that gave no sample. */
  missing(announced: number | null): number {
    return (announced ?? this.#next) - this.samples;
  }

  /**
   * Divides `lost` over the places where numbers are missing: first where the log itself shows damage, then in order.
   * The rest of each hole was rejected by the program.
   */
  allot(lost: number, announced: number | null): AllottedLoss[] {
    const places = [
      ...(this.#closed === null ? [] : [{ hole: this.#closed.hole, missing: this.#closed.missing }]),
      ...this.#holes.map((hole) => ({ hole, missing: hole.to - hole.from })),
    ];
    const tail = Math.max(0, (announced ?? this.#next) - this.#next);
    const ranked: { hole: Hole | null; missing: number }[] = [
      ...places.filter(({ hole }) => hole.evidence),
      ...places.filter(({ hole }) => !hole.evidence),
      { hole: null, missing: tail },
    ];
    let left = lost;
    const allotted: AllottedLoss[] = [];
    for (const { hole, missing } of ranked) {
      const lostSamples = Math.min(left, missing);
      if (lostSamples > 0) allotted.push({ hole, lostSamples });
      left -= lostSamples;
    }
    return allotted;
  }
}
