import { type Draws, nightsOf } from './draws.js';

/** When something that lasts begins, for how long, and its last night. */
const lasting = ({ night, nights }: { night: number; nights: number }): number[] => [night, nights, night + nights - 1];

/**
 * When what happens, to whom and by how much. Every draw is made for every history, in this order, whether its item fits or not:
 * a date never hangs on another. Hosts and racks are numbers, to be taken modulo how many there are.
 */
export function drawStory(draws: Draws, days: number) {
  const waves = draws.together(
    (whole) => ({
      night: [
        whole(...nightsOf(days, 0.09, 0.12)),
        whole(...nightsOf(days, 0.46, 0.48)),
        whole(...nightsOf(days, 0.82, 0.84)),
      ],
      gap: [whole(2, 4), whole(2, 4), whole(2, 4)],
    }),
    ({ night, gap }) => [
      ...gap,
      ...[0, 1, 2].flatMap((wave) => night.map((first, at) => first + wave * (gap[at] ?? 0))),
    ],
  );
  const waveChange = [draws.share(-0.005, 0.005), draws.share(-0.03, -0.015), draws.share(0.01, 0.025)];
  const joinNight = [draws.night(days, 0.17, 0.21), draws.night(days, 0.55, 0.59)];
  const microcode = { night: draws.night(days, 0.24, 0.29), change: draws.share(0.032, 0.048) };
  const outage = draws.together(
    (whole) => ({ night: whole(...nightsOf(days, 0.32, 0.35)), nights: whole(3, 8) }),
    lasting,
  );
  const biosNight = draws.night(days, 0.39, 0.44);
  const creep = {
    ...draws.together(
      (whole) => ({ night: whole(...nightsOf(days, 0.53, 0.56)), nights: whole(...nightsOf(days, 0.1, 0.15)) }),
      lasting,
    ),
    change: draws.share(0.08, 0.12),
    host: draws.whole(0, 1_000),
  };
  const step = { night: draws.night(days, 0.62, 0.67), change: draws.share(0.06, 0.09) };
  const kpti = { night: draws.night(days, 0.73, 0.75), change: draws.share(0.02, 0.04), rack: draws.whole(0, 1_000) };
  const swap = { night: draws.night(days, 0.78, 0.8), host: draws.whole(0, 1_000) };
  const dying = { night: draws.night(days, 0.55, 0.62), unrest: draws.whole(40, 80) / 10, host: draws.whole(0, 1_000) };
  return { waves, waveChange, joinNight, microcode, outage, biosNight, creep, step, kpti, swap, dying };
}
