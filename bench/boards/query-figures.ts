import type { Socket } from 'node:net';
import type pg from 'pg';
import { cpuMsOf } from '../budget/cpu.js';

export interface QueryFigures {
  /** With the answer read and parsed, as a client sees it. */
  p50Ms: number;
  p95Ms: number;
  /** PostgreSQL's CPU time for one, so that a busy machine counts less. */
  cpuMs: number;
  rows: number;
  /** Of the answer on the wire. */
  bytes: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Asks a query once to warm up, then so many times, one after the other. */
export async function figuresOf(
  client: pg.Client,
  postgresPid: number,
  text: string,
  times: number,
): Promise<QueryFigures> {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  await client.query(text);
  const [bytesBefore, cpuBefore] = [stream.bytesRead, cpuMsOf(postgresPid)];
  const tookMs: number[] = [];
  let rows = 0;
  for (let n = 0; n < times; n += 1) {
    const began = performance.now();
    rows = (await client.query({ text, rowMode: 'array' })).rows.length;
    tookMs.push(performance.now() - began);
  }
  const cpuMs = (cpuMsOf(postgresPid) - cpuBefore) / times;
  const bytes = Math.round((stream.bytesRead - bytesBefore) / times);
  tookMs.sort((a, b) => a - b);
  const at = (q: number): number => round(tookMs[Math.ceil(q * times) - 1] ?? NaN);
  return { p50Ms: at(0.5), p95Ms: at(0.95), cpuMs: round(cpuMs), rows, bytes };
}
