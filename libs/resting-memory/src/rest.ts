/** At rest a process uses less of a core than this from one look to the next. */
const restingShare = 0.1;
/** CPU time after which a collection is worth its 30 to 60 ms; a fleet at rest reaches it once a minute or more seldom. */
const worthwhileCpuMs = 2_000;

/** Finds the moment when a process that was busy has come to rest. */
export class Rest {
  #last: { cpuMs: number; atMs: number } | undefined;
  #collectedCpuMs = 0;

  /**
   * @param cpuMs CPU time that the process has used so far.
   * @param atMs monotonic time.
   * @returns whether it has come to rest and has something to give back; asked again, not before it was busy again.
   */
  hasCome(cpuMs: number, atMs: number): boolean {
    const last = this.#last;
    this.#last = { cpuMs, atMs };
    if (last === undefined || atMs <= last.atMs) return false;
    const resting = (cpuMs - last.cpuMs) / (atMs - last.atMs) < restingShare;
    if (!resting || cpuMs - this.#collectedCpuMs < worthwhileCpuMs) return false;
    this.#collectedCpuMs = cpuMs;
    return true;
  }
}
