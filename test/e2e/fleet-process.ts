// `npm start` as a process of its own, in a data folder of its own.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { comparisonSchema, jobResultsSchema, jobViewSchema } from '#contracts';
import { run } from '../../apps/cli/src/main.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm start -- --json` prints, as far as the tests look at it. */
const upDocumentSchema = z.object({
  job: jobViewSchema,
  results: jobResultsSchema,
  comparison: comparisonSchema,
  earlierJobs: z.int(),
  addresses: z.object({ console: z.url(), apiDocs: z.url(), health: z.url() }),
  pids: z.object({ postgres: z.int(), coordinator: z.int(), worker: z.int() }),
});
export type UpDocument = z.infer<typeof upDocumentSchema>;

/** A job small enough for a test; every host and probe takes part. What a test says itself comes instead: each is given once. */
const smallJob = (said: readonly string[] = []): string[] =>
  Object.entries({ '--port': '0', '--runs': '5', '--faults': '500' }).flatMap(([option, value]) =>
    said.includes(option) ? [] : [option, value],
  );

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  pid: number;
  /** The document, as soon as a whole line stands on standard output. */
  document: Promise<UpDocument>;
  exit: Promise<Exit>;
  kill: (signal: NodeJS.Signals) => void;
  stderr: () => string;
}

export function readDocument(stdout: string): UpDocument {
  return upDocumentSchema.parse(JSON.parse(stdout));
}

/** Variables that would lead a start somewhere else; fleets that share one Redis would take each other's tickets. */
const unset = { XF_URL: undefined, XF_KEY: undefined, PORT: undefined, QUEUE_URL: undefined, NODE_OPTIONS: undefined };

/** Starts a program in the project; standard output and error are collected. */
export function startProgram(command: string, args: readonly string[], home: string, more: NodeJS.ProcessEnv): Started {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...unset, XF_HOME: home, NO_COLOR: '1', ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  let [stdout, stderr] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
  const exit = new Promise<Exit>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  const document = new Promise<UpDocument>((done, failed) => {
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      stdout += part;
      if (!stdout.includes('\n')) return;
      try {
        done(readDocument(stdout.slice(0, stdout.indexOf('\n'))));
      } catch (error) {
        failed(new Error(`no document: ${stdout}\n${stderr}`, { cause: error }));
      }
    });
    void exit.then(() => failed(new Error(`ended without a document: ${stderr}`)));
  });
  document.catch(() => undefined); // not every test waits for it
  return { pid, document, exit, kill: (signal) => child.kill(signal), stderr: () => stderr };
}

/** The script behind `npm start`, with --json and a small job. */
export function startFleet(home: string, args: readonly string[] = [], more: NodeJS.ProcessEnv = {}): Started {
  return startProgram(process.execPath, ['scripts/start.mjs', '--json', ...smallJob(args), ...args], home, more);
}

/** `npm start` itself: npm stands between us and the fleet, as it does for people. */
export function npmStart(home: string): Started {
  return startProgram('npm', ['start', '--silent', '--', '--json', ...smallJob()], home, {});
}

/** `xf …` as it runs in its process, without the half second that a process costs. */
export async function xf(home: string, args: readonly string[]): Promise<Exit> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(out), text(err)]);
  const code = await run(args, {
    ...{ root, dataDir: home, environment: { PATH: process.env['PATH'] }, version: '0.0.0', setupMs: {} },
    ...{ out, err, exitCode: 0 },
  });
  out.end();
  err.end();
  const [stdout, stderr] = await said;
  return { code, signal: null, stdout, stderr };
}

/** Whether a process exists and is more than a zombie that nobody reaped. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch (error) {
    if (['ESRCH', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** A data folder that nobody else may enter, as `mktemp -d` makes it. */
export async function dataFolder(): Promise<{ home: string; remove: () => Promise<void> }> {
  const home = await mkdtemp(path.join(tmpdir(), 'xf-e2e-'));
  return { home, remove: () => rm(home, { recursive: true, force: true }) };
}
