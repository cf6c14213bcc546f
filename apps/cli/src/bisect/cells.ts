import {
  type Guest,
  guestSelector,
  type JobSpecInput,
  type KernelSeries,
  type Matrix,
  matrixDimensions,
} from '#contracts';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';

/** A place of the row that is searched. */
export interface Place {
  /** As a person reads it. */
  name: string;
  /** Which runs of a job are its own. */
  selector: string;
  guest?: Guest;
  host?: string;
}

/** The row as the command line names it: values of the guest matrix, or hosts. */
export interface RowOptions {
  host?: string[];
  hosts?: string[];
  series?: string[];
  kpti?: boolean[];
  cpuModel?: string[];
  bootOptions?: string[];
}

const usage = (message: string, remedy: string): CliError => new CliError(message, remedy, exitCodes.usage);

function guestName({ series, kpti, cpuModel, bootOptions }: Guest): string {
  const more = [
    ...(cpuModel === undefined ? [] : [cpuModel]),
    ...(bootOptions === undefined ? [] : [bootOptions || 'no boot options']),
  ];
  return [`${series} KPTI ${kpti ? 'on' : 'off'}`, ...more].join(', ');
}

/**
 * From the first values to the last ones, one dimension after the other: 6.1 on, 6.12 on, 6.12 off. So a row lies between two cells of the
 * matrix, or is a list of images or boot options where only these have several values.
 */
export function guestsBetween({ series, kpti, cpuModel, bootOptions }: Matrix): Guest[] {
  let guest: Guest = {
    series: series[0] as KernelSeries,
    kpti: kpti[0] as boolean,
    ...(cpuModel === undefined ? {} : { cpuModel: cpuModel[0] }),
    ...(bootOptions === undefined ? {} : { bootOptions: bootOptions[0] }),
  };
  const row = [guest];
  const values = { series, kpti, cpuModel: cpuModel ?? [], bootOptions: bootOptions ?? [] };
  for (const dimension of matrixDimensions)
    for (const value of values[dimension].slice(1)) {
      guest = { ...guest, [dimension]: value };
      row.push(guest);
    }
  return row;
}

/** @throws CliError (usage) where the row has fewer than two places, or hosts and guests are mixed */
export function rowOf({ host = [], hosts = [], series, kpti, cpuModel, bootOptions }: RowOptions): Place[] {
  const ofGuests = [series, kpti, cpuModel, bootOptions].some((values) => values !== undefined);
  if (hosts.length > 0) {
    if (ofGuests || host.length > 0)
      throw usage(
        '--hosts is a row of hosts, and can’t be combined with guests',
        'leave --host, --series, --kpti, --cpu-model and --boot-options out',
      );
    if (new Set(hosts).size < hosts.length)
      throw usage('--hosts names a host twice', 'name each once, the good one first');
    if (hosts.length < 2) throw usage('a row has two hosts at least', '--hosts GOOD,…,BAD');
    return hosts.map((id) => ({ name: id, selector: `host=${id}`, host: id }));
  }
  if (host.length !== 1)
    throw usage(
      'guests run on one host',
      '--host HOST, one that boots guests (xf hosts), or a row of hosts: --hosts GOOD,…,BAD',
    );
  if (series === undefined)
    throw usage('there is no kernel to boot', '--series GOOD,…,BAD, or one of them: --series 6.12');
  const [hostId = ''] = host;
  // The coordinator checks the values; here they only make a row.
  const matrix = { series, kpti: kpti ?? [true], cpuModel, bootOptions } as Matrix;
  const row = guestsBetween(matrix);
  if (row.length < 2)
    throw usage(
      'a row has two guests at least',
      'give --series, --kpti, --cpu-model or --boot-options several values, the good one first',
    );
  const names = row.map(guestName);
  return row.map((guest, i) => ({ name: names[i] ?? '', selector: guestSelector(guest), guest, host: hostId }));
}

const unique = <T>(values: readonly (T | undefined)[]): T[] =>
  [...new Set(values)].flatMap((one) => (one === undefined ? [] : [one]));

/** What a job must ask for to measure some places beside each other; of guests the smallest matrix that has them all. */
export function specOf(places: readonly Place[]): Pick<JobSpecInput, 'hosts' | 'matrix'> {
  const hosts = unique(places.map(({ host }) => host));
  const guests = places.flatMap(({ guest }) => guest ?? []);
  if (guests.length === 0) return { hosts };
  const [cpuModel, bootOptions] = [
    unique(guests.map((one) => one.cpuModel)),
    unique(guests.map((one) => one.bootOptions)),
  ];
  return {
    hosts,
    matrix: {
      series: unique(guests.map((one) => one.series)),
      kpti: unique(guests.map((one) => one.kpti)),
      ...(cpuModel.length === 0 ? {} : { cpuModel }),
      ...(bootOptions.length === 0 ? {} : { bootOptions }),
    },
  };
}
