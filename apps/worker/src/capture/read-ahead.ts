/** A bound on what the attempts of this worker hold in memory together, captured and not yet stored. */
export class CaptureRoom {
  private heldBytes = 0;
  private waiting: (() => void)[] = [];

  constructor(private readonly limitBytes: number) {}

  get isFull(): boolean {
    return this.heldBytes >= this.limitBytes;
  }

  hold(bytes: number): void {
    this.heldBytes += bytes;
  }

  release(bytes: number): void {
    this.heldBytes -= bytes;
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Resolves at the next release. */
  async released(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/**
 * The chunks of a source in order, read as they come however slowly they are taken: a kernel log does not wait for a
 * store that does not answer. A chunk holds its room until the next one is asked for. While there is no room the source
 * is left to wait, unless nothing of it is held, so that no attempt waits for another's.
 *
 * @param leave is called when the chunks are no longer wanted; must make the source end soon.
 */
export async function* readAhead(
  source: AsyncIterable<Uint8Array>,
  room: CaptureRoom,
  leave: () => void,
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let heldBytes = 0;
  let state: 'reading' | 'ended' | 'left' = 'reading';
  let failure: { error: unknown } | undefined;
  let wake = (): void => undefined;

  const read = async (): Promise<void> => {
    try {
      for await (const chunk of source) {
        if (state === 'left') return;
        chunks.push(chunk);
        heldBytes += chunk.length;
        room.hold(chunk.length);
        wake();
        while (room.isFull && heldBytes > 0) await room.released();
      }
    } catch (error) {
      failure = { error };
    } finally {
      if (state === 'reading') state = 'ended';
      wake();
    }
  };
  const release = (bytes: number): void => {
    heldBytes -= bytes;
    room.release(bytes);
  };

  const reading = read();
  try {
    for (;;) {
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        yield chunk;
        release(chunk.length);
      } else if (state === 'reading') await new Promise<void>((resolve) => (wake = resolve));
      else break;
    }
    if (failure !== undefined) throw failure.error;
  } finally {
    if (state === 'reading') leave();
    state = 'left';
    release(heldBytes);
    await reading;
  }
}
