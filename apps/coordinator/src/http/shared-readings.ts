/**
 * Reads what many ask for at about the same time, by key, one reading after the other. Who asks while one is under way shares the next
 * with all others who do: nobody gets what was read before he asked, and however many ask, there is one reading at a time.
 */
export class SharedReadings<Answer> {
  readonly #underWay = new Map<string, Promise<Answer>>();
  readonly #next = new Map<string, Promise<Answer>>();

  constructor(private readonly read: (key: string) => Promise<Answer>) {}

  get(key: string): Promise<Answer> {
    const before = this.#underWay.get(key);
    if (before === undefined) return this.#begin(key);
    const planned = this.#next.get(key);
    if (planned !== undefined) return planned;
    const begin = (): Promise<Answer> => {
      this.#next.delete(key);
      return this.#begin(key);
    };
    const next = before.then(begin, begin);
    this.#next.set(key, next);
    return next;
  }

  #begin(key: string): Promise<Answer> {
    const answer = this.read(key);
    this.#underWay.set(key, answer);
    const end = (): void => void this.#underWay.delete(key);
    answer.then(end, end);
    return answer;
  }
}
