/** Packed samples that can't be what `encodeSamples` wrote, or columns that can't be packed. */
export class SampleCodecError extends Error {
  override readonly name = 'SampleCodecError';

  /** @param offset byte at which the damage was noticed, or null when a column is at fault. */
  constructor(
    what: string,
    readonly offset: number | null,
  ) {
    super(
      offset === null ? `samples can't be packed: ${what}` : `packed samples are damaged at byte ${offset}: ${what}`,
    );
  }
}
