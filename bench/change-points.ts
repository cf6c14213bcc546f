// npm run bench:change-points: how often change points are found where there is none, and where there is one.
// [--repetitions 10000]. Prints JSON; the rows are those of issue "Trends and regressions".
import { parseArgs } from 'node:util';
import { changePoints } from '#stats';
import { normalDeviates } from '../libs/stats/src/normal-deviates.js';

const { values } = parseArgs({ options: { repetitions: { type: 'string', default: '10000' } } });
const repetitions = Number(values.repetitions);
const points = 100;

/** A series of SD 1; `step` more from point `at` on. */
function series(next: () => number, rho: number, at = points, step = 0): number[] {
  let noise = next();
  return Array.from({ length: points }, (_, i) => {
    const value = 100 + noise + (i >= at ? step : 0);
    noise = rho * noise + Math.sqrt(1 - rho ** 2) * next();
    return value;
  });
}

const share = (count: number): number => Math.round((count / repetitions) * 10_000) / 10_000;

const noise = [0, 0.3, 0.5, 0.7].map((rho) => {
  const next = normalDeviates(1);
  let flagged = 0;
  for (let i = 0; i < repetitions; i++) if (changePoints(series(next, rho)).length > 0) flagged++;
  return { rho, flagged: share(flagged) };
});

const steps = [15, 30, 50, 70, 85].map((at) => {
  const next = normalDeviates(2);
  let [found, any, toTheDay] = [0, 0, 0];
  for (let i = 0; i < repetitions; i++) {
    const indexes = changePoints(series(next, 0, at, 1.5)).map(({ index }) => index);
    if (indexes.length > 0) any++;
    if (indexes.some((index) => Math.abs(index - at) <= 5)) found++;
    if (indexes.includes(at)) toTheDay++;
  }
  return { at, found: share(any), within5: share(found), toTheDay: share(toTheDay) };
});

const timed = (work: () => void): number => {
  const begun = performance.now();
  work();
  return Math.round(performance.now() - begun) / 1000;
};
const next = normalDeviates(3);
const long = Array.from({ length: 100_000 }, (_, i) => 100 + next() + (i < 50_000 ? 0 : 3));
const night = Array.from({ length: 10_000 }, () => series(next, 0.3));
const seconds = {
  points100000: timed(() => changePoints(long)),
  points100000OneWindow: timed(() => changePoints(long, { window: 100_000 })),
  night10000Series: timed(() => night.forEach((one) => changePoints(one))),
};

process.stdout.write(`${JSON.stringify({ repetitions, points, stepInSds: 1.5, noise, steps, seconds }, null, 2)}\n`);
