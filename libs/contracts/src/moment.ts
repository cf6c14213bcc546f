/** A text that names no point in time. */
export class MomentError extends Error {
  override readonly name = 'MomentError';
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const ago = /^(\d{1,6})([mhdw])$/;
const day = /^\d{4}-\d\d-\d\d$/;
const time = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * A point in time as people write it: how long ago (`30m`, `12h`, `90d`, `2w`), a day (`2026-11-20`, its beginning) or a time
 * (`2026-11-20T18:00`, `2026-11-20T18:00:00+01:00`), UTC unless it says otherwise.
 *
 * @returns ms since 1970
 * @throws MomentError naming the forms that there are
 */
export function momentOf(text: string, nowMs: number): number {
  const [, amount, unit = ''] = ago.exec(text) ?? [];
  if (amount !== undefined) return nowMs - Number(amount) * (unitMs[unit] ?? NaN);
  const zone = time.exec(text)?.[4];
  const iso = day.test(text) ? `${text}T00:00Z` : time.test(text) ? `${text}${zone === undefined ? 'Z' : ''}` : '';
  const moment = Date.parse(iso);
  if (!Number.isNaN(moment) && isDay(text.slice(0, 10))) return moment;
  throw new MomentError(
    `"${text}" is no time; write how long ago (30m, 12h, 90d, 2w), a day (2026-11-20) or a time (2026-11-20T18:00Z)`,
  );
}

/** Whether the calendar has it: to Date, 30 February is a day in March. */
function isDay(written: string): boolean {
  const parsed = new Date(`${written}T00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(written);
}

/** As a selector takes it and anybody reads it: to the second where it is a whole one. */
export function momentText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
