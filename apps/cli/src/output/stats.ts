import { change, count, counted, intervalText, percent, ratio as ratioText } from '#wording';
import { type ChangePoint, median, type MedianInterval, type NumbersCompared, type PlannedExperiment } from '#stats';

const figures = (value: number): string => Number(value.toPrecision(6)).toString();

type Compared = Omit<NumbersCompared, 'mannWhitney'> & {
  countA: number;
  countB: number;
  u: number;
  p: number;
  pMethod: string;
  margin: number;
};

export function numbersComparedText(answer: Compared): string {
  const { ratio, ratioInterval, hodgesLehmann: shift, verdict, obstacle } = answer;
  const between = shift.low === null || shift.high === null ? '' : `, ${figures(shift.low)} to ${figures(shift.high)}`;
  const interval =
    ratioInterval === null ? '' : `, ${percent(ratioInterval.confidence)} interval ${intervalText(ratioInterval)}`;
  return [
    `a: median ${figures(answer.medianA)} of ${count(answer.countA)}`,
    `b: median ${figures(answer.medianB)} of ${count(answer.countB)}`,
    ratio === null ? 'b / a: none' : `b / a: ${ratioText(ratio)} (${change(ratio)})${interval}`,
    `shift b − a: ${figures(shift.shift)}${between} (Hodges-Lehmann)`,
    `p = ${figures(answer.p)} (Mann-Whitney, ${answer.pMethod}), U = ${answer.u}; Cliff’s delta ${answer.cliffsDelta.toFixed(3)}`,
    `energy distance E = ${figures(answer.energy.distance)}, T = ${figures(answer.energy.statistic)}, H = ${figures(answer.energy.coefficient)}`,
    `${verdict}${obstacle === null ? ` at a margin of ${percent(answer.margin)}` : `: ${obstacle}`}`,
  ].join('\n');
}

export function medianIntervalText({
  median,
  low,
  high,
  coverage,
  count: n,
  confidence,
}: MedianInterval & { count: number; confidence: number }): string {
  const short = coverage < confidence ? `; ${counted(n, 'value')} can’t reach ${percent(confidence)}` : '';
  return `median ${figures(median)} of ${count(n)}, between ${figures(low)} and ${figures(high)} with ${percent(coverage)}${short}`;
}

type Planned = Omit<PlannedExperiment, 'ratio'> & {
  effect: number;
  falseAlarms: number;
  power: number;
  coverage: number;
  intervalWidth: number;
};

export function planText(plan: Planned): string {
  const hosts =
    plan.scope === 'kind'
      ? `${plan.hosts} hosts of each kind`
      : `the same ${counted(plan.hosts, 'host')} under a and b`;
  return [
    `${hosts} × ${plan.runs} runs a side; spread ${percent(plan.hostSd)} between hosts, ${percent(plan.runSd)} between runs`,
    `false alarms when nothing differs: ${percent(plan.falseAlarms)} (margin ${percent(plan.margin)})`,
    `finds ${change(1 + plan.effect)}: ${percent(plan.power)} of the time`,
    `interval: ± ${percent(plan.intervalWidth / 2)}, holds the truth ${percent(plan.coverage)} of the time`,
    `from ${count(plan.repetitions)} simulated experiments each; normal spreads assumed`,
  ].join('\n');
}

/** Beyond ten times the level before, percent say nothing any more. */
const mostPercent = 9;

/** A line a segment, with what changed at its beginning; points are counted from 0. */
export function changePointsText(values: readonly number[], found: readonly ChangePoint[]): string {
  const segments = [undefined, ...found].map((border, i) => {
    const [from, to] = [border?.index ?? 0, found[i]?.index ?? values.length];
    const level = `points ${from} to ${to - 1}: median ${figures(median(values.slice(from, to)) ?? NaN)}`;
    if (border === undefined) return level;
    const effect =
      border.effect === null || border.effect > mostPercent ? `goes ${border.direction}` : change(1 + border.effect);
    return `${level}, ${effect} (p = ${figures(Number(border.p.toPrecision(2)))})`;
  });
  const words = found.length === 1 ? '1 change' : `${count(found.length)} changes`;
  return [`${found.length === 0 ? 'no change' : words} in ${count(values.length)} points`, ...segments].join('\n');
}
