import { InvalidArgumentError } from 'commander';
import type { AtOnce, Labels } from '#contracts';

/** Reads a whole number of an option; its range is the coordinator's to judge. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
}

/** Reads a decimal number of an option. */
export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('must be a number.');
  return value;
}

/** Collects a repeatable option; commas separate as well. */
export function list(text: string, before: string[] = []): string[] {
  return [
    ...before,
    ...text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ];
}

/** Collects a repeatable option whose values may hold commas. */
export function each(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/** Collects `on` and `off`, separated by commas. */
export function onOff(text: string, before: boolean[] = []): boolean[] {
  return [
    ...before,
    ...list(text).map((word) => {
      if (word !== 'on' && word !== 'off') throw new InvalidArgumentError('must be on, off or on,off.');
      return word === 'on';
    }),
  ];
}

/** Collects `name=value`. */
export function labelled(text: string, before: Labels = {}): Labels {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('must be <name>=<value>.');
  return { ...before, [name]: value };
}

/** Reads `rack=2`. */
export function hostsAtOnce(text: string): AtOnce {
  const [, label, hosts] = /^([^=]+)=([1-9]\d{0,8})$/.exec(text) ?? [];
  if (label === undefined || hosts === undefined)
    throw new InvalidArgumentError('must be <label>=<hosts>, for example rack=2.');
  return { label, hosts: Number(hosts) };
}

/** Reads the nonce that marks a run's lines. */
export function nonce(text: string): string {
  if (!/^[0-9a-f]{8}$/.test(text))
    throw new InvalidArgumentError('must be 8 lower-case hex digits, as in run=0badf00d.');
  return text;
}

/** Only the entries that were given, so that the coordinator's defaults hold for the rest. */
export function given<T extends Record<string, unknown>>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
