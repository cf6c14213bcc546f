/** How the guest's program ended; `signal` is 0 when it was not killed. */
export interface GuestExit {
  status: number;
  signal: number;
}

const mostErrorLines = 50;

/** What the guest itself says over the port (kernel/vm/README.md, protocol 1), gathered line by line. */
export class GuestWords {
  protocol: string | null = null;
  /** Path to text of the files that it showed before the run. */
  readonly facts = new Map<string, string>();
  /** The program's standard error. */
  readonly errors: string[] = [];
  /** Why the guest itself failed. */
  failure: string | null = null;
  exit: GuestExit | null = null;
  /** It has said everything. */
  complete = false;
  private after = false;

  /** @param line without its `@` */
  take(line: string): void {
    const [, word = '', text = ''] = /^(\S*) ?(.*)$/s.exec(line) ?? [];
    if (word === 'guest') this.protocol = /^protocol=(\S+)/.exec(text)?.[1] ?? '';
    else if (word === 'fact' && !this.after) this.takeFact(text);
    else if (word === 'err' && this.errors.length < mostErrorLines) this.errors.push(text);
    else if (word === 'error') this.failure ??= text;
    else if (word === 'exit') this.exit = exitFrom(text);
    else if (word === 'after') this.after = true;
    else if (word === 'end') this.complete = true;
  }

  private takeFact(text: string): void {
    const blank = text.indexOf(' ');
    if (blank < 0) return;
    const path = text.slice(0, blank);
    const before = this.facts.get(path);
    this.facts.set(path, (before === undefined ? '' : `${before}\n`) + text.slice(blank + 1));
  }
}

function exitFrom(text: string): GuestExit | null {
  const found = /^status=(-?\d+) signal=(\d+)/.exec(text);
  return found === null ? null : { status: Number(found[1]), signal: Number(found[2]) };
}
