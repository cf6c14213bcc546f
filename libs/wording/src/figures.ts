/** What stands where there is no figure. */
export const none = '–';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

type Figure = number | null | undefined;

const written = (value: Figure, text: (value: number) => string): string =>
  value === null || value === undefined ? none : text(value);

/** A count: 12345 → `12,345`. */
export const count = (value: Figure): string => written(value, (n) => whole.format(n));

/** Whole from 100 on, one decimal below, where a whole number would be off by up to a percent: 36.5 is not called 37. */
const threeFigures = (value: number): string => (Math.abs(value) < 99.95 ? tenth.format(value) : whole.format(value));

/** TSC or core cycles: whole from 100 on, one decimal below. */
export const cycles = (value: Figure): string => written(value, threeFigures);

/** A difference of cycles or nanoseconds, with its sign: `−12.5`. */
export const difference = (value: number): string => `${value < 0 ? '−' : '+'}${cycles(Math.abs(value))}`;

/** Nanoseconds by the same rule; a dash when the TSC's rate is not known. */
export const nanoseconds = (value: Figure): string => written(value, threeFigures);

/** A ratio, or an end of its interval, with three decimals. */
export const ratio = (value: Figure): string => written(value, (n) => n.toFixed(3));

/** A ratio as a signed change: 1.123 → `+12.3 %`. */
export const change = (value: number): string => `${value >= 1 ? '+' : '−'}${(Math.abs(value - 1) * 100).toFixed(1)} %`;

/** A share in percent, three figures: 0.0625 → `6.25 %`. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

/** A share in whole percent, as confidences are: 0.95 → `95 %`. */
export const wholePercent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** A margin on both sides: 0.01 → `± 1.0 %`. */
export const margin = (share: number): string => `± ${(share * 100).toFixed(1)} %`;

/** An error band in whole percent: 0.2 → `± 20 %`; a dash for none. */
export const band = (share: Figure): string => written(share, (n) => `± ${wholePercent(n)}`);

/** Any other number with four figures, such as a published cost. */
export const figure = (value: Figure): string => written(value, (n) => String(Number(n.toPrecision(4))));

/** A size on disk: 1234567 → `1 MB`. */
export const megabytes = (bytes: number): string => `${whole.format(bytes / 1e6)} MB`;

/** `1 run`, `2 runs`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** Words one after the other: `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
