/** All who ask within so long get the same answer: for what takes a pass over the whole fleet. */
export class SharedAnswer<Answer> {
  private latest: { answer: Promise<Answer>; untilMs: number } | null = null;

  constructor(
    private readonly sameForMs: number,
    private readonly read: () => Promise<Answer>,
  ) {}

  get(): Promise<Answer> {
    const now = performance.now();
    if (this.latest !== null && now < this.latest.untilMs) return this.latest.answer;
    const answer = this.read();
    const latest = { answer, untilMs: now + this.sameForMs };
    this.latest = latest;
    // One that failed is no answer for others.
    answer.catch(() => {
      if (this.latest === latest) this.latest = null;
    });
    return answer;
  }
}
