import type { Comparison, ConfirmationFigures, FindingMovement, FindingView } from '#contracts';
import type { PrismaClient } from '#event-store';
import type { Try } from '#lifecycle';
import { judge } from '../compare/judge.js';
import { bootFieldsOf } from '../compare/report/boot-fields.js';
import type { FindingReport } from '../compare/report/content.js';
import type { Side } from '../compare/side.js';
import { controlOf, sidesOf } from '../compare/sides.js';
import { ProblemError } from '../problems/problem.js';
import { confirmingQuestion } from './finding-questions.js';

type Movement = Parameters<typeof confirmingQuestion>[0];
type Asked = Parameters<typeof confirmingQuestion>[1];

interface Compared {
  answer: Comparison;
  /** Fields in which the hosts differ: hosts that moved together may, each of them in the same before and after. */
  pool: string[];
  a: Side;
  b: Side;
}

async function compared(db: PrismaClient, movement: Movement, asked: Asked): Promise<Compared> {
  const ask = async (pool: string[]): Promise<Compared> => {
    const query = confirmingQuestion(movement, asked, pool);
    const [a, b] = await sidesOf(db, query);
    return { answer: judge(query, a, b, await controlOf(db, query)), pool, a, b };
  };
  const first = await ask([]);
  const mixed = first.answer.refusals.flatMap(({ kind, field }) => (kind === 'mixed' && field !== null ? [field] : []));
  return mixed.length === 0 ? first : ask([...new Set(mixed)]);
}

/** What has to be pooled for a comparison of a finding's fresh runs; nothing while there are none to compare. */
export async function pooledFields(db: PrismaClient, finding: FindingView): Promise<string[]> {
  if (finding.confirmation === null) return [];
  try {
    return (await compared(db, finding, finding.confirmation)).pool;
  } catch (error) {
    if (error instanceof ProblemError) return [];
    throw error;
  }
}

/** A finding's fresh runs as its report shows them: asked again, with the runs that there are now. */
export async function freshRunsOf(db: PrismaClient, finding: FindingView): Promise<FindingReport['fresh']> {
  const { kind, heldUp, confirmation } = finding;
  if (kind === 'noise') return { reason: 'Noise is not confirmed by fresh runs: ten of them can’t tell a scatter.' };
  if (confirmation === null) return { reason: heldUp ?? 'No fresh runs were asked for yet.' };
  try {
    const { answer, a, b } = await compared(db, finding, confirmation);
    return { answer, boots: bootFieldsOf(a, b) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { reason: error.document.detail };
  }
}

/** What the runs of a confirming job say, as /v1/compare would. */
export async function judgeFreshRuns(
  db: PrismaClient,
  movement: FindingMovement,
  asked: Pick<Try, 'jobId' | 'hosts' | 'controlHosts'>,
): Promise<ConfirmationFigures> {
  try {
    const { answer } = await compared(db, movement, asked);
    const { verdict, ratio, interval, method, b, control, reason } = answer;
    return {
      ...{ verdict, ratio, interval, method: ratio === null ? null : method.name },
      ...{ hosts: b.hosts.length, controlHosts: control?.hosts.length ?? 0, runs: b.runs },
      reason: reason.slice(0, 1_000),
    };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return nothingToJudge(error.document.detail);
  }
}

/** Of a job that gave nothing to judge by. */
export function nothingToJudge(reason: string): ConfirmationFigures {
  const nothing = { ratio: null, interval: null, method: null, hosts: 0, controlHosts: 0, runs: 0 };
  return { verdict: 'inconclusive', ...nothing, reason: reason.slice(0, 1_000) };
}
