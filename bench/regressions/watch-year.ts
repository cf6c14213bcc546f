// Night after night of a fleet: looks, candidates, confirmation by fresh runs of the generator (drawn anew, as a re-run would be).
import {
  compareWithControl,
  lookForShifts,
  lookForSpread,
  type Movement,
  movedTogether,
  type RunsByHost,
  type FoundShift,
  verdictOf,
} from '#stats';
import type { Course, fleetYear } from './fleet-year.js';

type Year = ReturnType<typeof fleetYear>;

interface Series {
  hostId: string;
  course: Course;
  /** The night from which its present boot holds. */
  segment: number;
  days: number[];
  levels: number[];
  /** Of all days of the machine. */
  machine: { days: number[]; runSds: number[] };
}

export interface Report {
  kind: 'step' | 'creep' | 'noise';
  hosts: string[];
  direction: 'up' | 'down';
  ratio: number;
  fromDay: number;
  toDay: number;
  /** When it was first seen, and when it was confirmed; null where fresh runs did not bear it out. */
  seenNight: number;
  confirmedNight: number | null;
  tries: number;
}

const freshRuns = 10;
const baselineDays = 14;
/** A candidate that fresh runs did not bear out is tried again after so many nights, if it is still there. */
const nextTryNights = 7;
const mostTries = 3;
/** The tries together err as often as one interval of 95 % (Bonferroni). */
const confidence = 1 - 0.05 / mostTries;
const margin = 0.01;
const mostControl = 10;

const near = (a: number, b: number, days: number): boolean => Math.abs(a - b) <= days;

/** Whether a movement of tonight is what an earlier night told of already. */
function same(report: Report, movement: Movement<string>): boolean {
  if (report.kind === 'noise' || report.direction !== movement.direction) return false;
  if (!movement.members.some(({ key }) => report.hosts.includes(key))) {
    return (
      report.kind === movement.kind &&
      near(report.fromDay, movement.fromDay, 3) &&
      near(report.toDay, movement.toDay, 3)
    );
  }
  // A creep is a step first, and grows backwards and forwards; a step's date settles, and so does who moved.
  return movement.fromDay <= report.toDay + 14 && movement.toDay >= report.fromDay - 14;
}

function confirmed(
  year: Year,
  night: number,
  movement: Movement<string>,
  all: readonly Series[],
  unsettled: ReadonlySet<string>,
): boolean {
  const sideOf = (hosts: readonly Series[], before: number): { a: RunsByHost; b: RunsByHost } => ({
    a: new Map(
      hosts.map(({ hostId, days, levels }) => [
        hostId,
        levels.filter((_, i) => (days[i] ?? 0) < before).slice(-baselineDays),
      ]),
    ),
    b: new Map(hosts.map(({ hostId, course }) => [hostId, year.runsOf(course, night, freshRuns)])),
  });
  const moved = all.filter(({ hostId }) => movement.members.some(({ key }) => key === hostId));
  const still = all.filter(
    ({ hostId, segment, days }) =>
      !unsettled.has(hostId) &&
      segment <= movement.fromDay - 5 &&
      days.filter((day) => day < movement.fromDay).length >= 5,
  );
  const control = still.slice(0, mostControl);
  if (control.length < 3 || moved.length === 0) return false;
  const { low, high } = compareWithControl(
    sideOf(moved, movement.fromDay),
    sideOf(control, movement.fromDay),
    confidence,
  );
  return verdictOf({ low, high }, margin) === (movement.direction === 'up' ? 'slower' : 'faster');
}

/** Every report of a year, confirmed or not. */
export function watchYear(year: Year, nights: number): { reports: Report[]; looks: number; candidates: number } {
  const series = new Map<string, Series>();
  const reports: Report[] = [];
  let looks = 0;
  for (let night = 0; night < nights; night += 1) {
    const found: FoundShift<string>[] = [];
    const here: Series[] = [];
    for (const course of year.history.courses) {
      const told = year.nightOf(course, night);
      if (told === null) continue;
      const { hostId } = course.tenure;
      const segment = course.bootAt(night).night;
      let own = series.get(hostId);
      if (own === undefined || own.segment !== segment || own.course !== course)
        own = {
          hostId,
          course,
          segment,
          days: [],
          levels: [],
          machine: own?.course === course ? own.machine : { days: [], runSds: [] },
        };
      series.set(hostId, own);
      here.push(own);
      own.days.push(night);
      own.levels.push(told.level);
      own.machine.days.push(night);
      own.machine.runSds.push(told.runSd);
      looks += 1;
      for (const shift of lookForShifts(own)) found.push({ key: hostId, shift, segment: own });
      const [spread] = lookForSpread(own.machine.days, own.machine.runSds).slice(-1);
      if (spread === undefined) continue;
      const known = reports.some(
        (report) =>
          report.kind === 'noise' &&
          report.direction === spread.direction &&
          report.hosts[0] === hostId &&
          near(report.fromDay, spread.day, 60),
      );
      if (known) continue;
      const { direction, factor: ratio, day } = spread;
      reports.push({
        kind: 'noise',
        hosts: [hostId],
        direction,
        ratio,
        fromDay: day,
        toDay: day,
        seenNight: night,
        confirmedNight: night,
        tries: 0,
      });
    }
    const noisy = new Set(
      reports.filter((one) => one.kind === 'noise' && one.direction === 'up').flatMap(({ hosts }) => hosts),
    );
    const movements = movedTogether(found.filter(({ key }) => !noisy.has(key)));
    const unsettled = new Set([...noisy, ...found.map(({ key }) => key)]);
    for (const movement of movements) {
      const hosts = movement.members.map(({ key }) => key);
      const { kind, direction, ratio, fromDay, toDay } = movement;
      let report = reports.find((one) => same(one, movement));
      if (report !== undefined && report.kind !== kind && hosts.length * 2 < report.hosts.length) {
        // Some of its hosts prove to move otherwise: a creep looks like a step for some nights.
        report.hosts = report.hosts.filter((host) => !hosts.includes(host));
        report = undefined;
      }
      if (report === undefined) {
        report = { kind, hosts, direction, ratio, fromDay, toDay, seenNight: night, confirmedNight: null, tries: 0 };
        reports.push(report);
      } else if (!(report.kind === 'creep' && kind === 'step') && hosts.length * 2 >= report.hosts.length) {
        // Segments of some end earlier; who has moved stays so.
        const members = hosts.length >= report.hosts.length ? hosts : report.hosts;
        Object.assign(report, { kind, ratio, fromDay, toDay, hosts: members });
      }
      const due =
        report.confirmedNight === null &&
        report.tries < mostTries &&
        night >= report.seenNight + report.tries * nextTryNights;
      if (!due) continue;
      report.tries += 1;
      if (confirmed(year, night, movement, here, unsettled)) report.confirmedNight = night;
    }
  }
  return { reports, looks, candidates: reports.filter(({ kind }) => kind !== 'noise').length };
}
