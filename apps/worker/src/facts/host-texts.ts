import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything that facts are made from, as text; null where this user may not or can't read it. */
export interface HostTexts {
  release: string;
  version: string;
  cpuinfo: string | null;
  commandLine: string | null;
  kernelBanner: string | null;
  /** Name to text of each readable entry of /sys/devices/system/cpu/vulnerabilities. */
  vulnerabilities: Record<string, string>;
  smtControl: string | null;
  governors: (string | null)[];
  noTurbo: string | null;
  boost: string | null;
  clockSource: string | null;
  clockSources: string | null;
  hypervisorType: string | null;
  dmiVendor: string | null;
  dmiProduct: string | null;
  cgroup: string | null;
  containerMarkers: string[];
  processStatus: string | null;
  isolatedCpus: string | null;
  /** Each CPU's number to its `thread_siblings_list`, where readable. */
  threadSiblings?: Record<string, string>;
  /** The boot's first kernel-log lines when readable. */
  kernelLog: string | null;
}

const cpuFolder = 'sys/devices/system/cpu';
const clockFolder = 'sys/devices/system/clocksource/clocksource0';
const markers: readonly [string, string][] = [
  ['.dockerenv', 'docker'],
  ['run/.containerenv', 'podman'],
];

/** A fact that can't be read, whatever the reason (absent, no right, refused by a driver), is null: never guessed. */
async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path).catch(() => [])).sort();
}

async function vulnerabilitiesIn(folder: string): Promise<Record<string, string>> {
  const names = await namesIn(folder);
  const entries = await Promise.all(names.map(async (name) => [name, await textOf(join(folder, name))] as const));
  return Object.fromEntries(entries.flatMap(([name, text]) => (text === null ? [] : [[name, text.trim()]])));
}

async function governorsIn(folder: string): Promise<(string | null)[]> {
  const policies = (await namesIn(folder)).filter((name) => name.startsWith('policy'));
  return Promise.all(policies.map((policy) => textOf(join(folder, policy, 'scaling_governor'))));
}

async function siblingsIn(folder: string): Promise<Record<string, string>> {
  const cpus = (await namesIn(folder)).flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? []);
  const texts = await Promise.all(cpus.map((cpu) => textOf(join(folder, `cpu${cpu}/topology/thread_siblings_list`))));
  return Object.fromEntries(
    cpus.flatMap((cpu, at) => {
      const text = texts[at];
      return typeof text === 'string' ? [[cpu, text] as const] : [];
    }),
  );
}

async function markersIn(root: string): Promise<string[]> {
  const found = await Promise.all(
    markers.map(async ([path, name]) => ((await stat(join(root, path)).catch(() => null)) === null ? [] : [name])),
  );
  return found.flat();
}

/**
 * Reads this host's facts below `root` (`/` but in tests).
 *
 * @param kernel release and version as uname tells them
 * @param kernelLog the kernel log's text, or null when this user may not read it
 */
export async function readHostTexts(
  root: string,
  kernel: { release: string; version: string },
  kernelLog: string | null,
): Promise<HostTexts> {
  const text = (path: string): Promise<string | null> => textOf(join(root, path));
  return {
    ...kernel,
    cpuinfo: await text('proc/cpuinfo'),
    commandLine: await text('proc/cmdline'),
    kernelBanner: await text('proc/version'),
    vulnerabilities: await vulnerabilitiesIn(join(root, cpuFolder, 'vulnerabilities')),
    smtControl: await text(`${cpuFolder}/smt/control`),
    governors: await governorsIn(join(root, cpuFolder, 'cpufreq')),
    noTurbo: await text(`${cpuFolder}/intel_pstate/no_turbo`),
    boost: await text(`${cpuFolder}/cpufreq/boost`),
    clockSource: await text(`${clockFolder}/current_clocksource`),
    clockSources: await text(`${clockFolder}/available_clocksource`),
    hypervisorType: await text('sys/hypervisor/type'),
    dmiVendor: await text('sys/class/dmi/id/sys_vendor'),
    dmiProduct: await text('sys/class/dmi/id/product_name'),
    cgroup: await text('proc/1/cgroup'),
    containerMarkers: await markersIn(root),
    processStatus: await text('proc/self/status'),
    isolatedCpus: await text(`${cpuFolder}/isolated`),
    threadSiblings: await siblingsIn(join(root, cpuFolder)),
    kernelLog,
  };
}
