import type { Comparison, ConfirmationFigures, FindingMovement } from '#contracts';
import type { PrismaClient } from '#event-store';
import type { Try } from '#lifecycle';
import { judge } from '../compare/judge.js';
import { controlOf, sidesOf } from '../compare/sides.js';
import { ProblemError } from '../problems/problem.js';
import { confirmingQuestion } from './finding-questions.js';

type Asked = Parameters<typeof confirmingQuestion>[1];

async function compared(db: PrismaClient, movement: FindingMovement, asked: Asked): Promise<Comparison> {
  const ask = async (pool: readonly string[]): Promise<Comparison> => {
    const query = confirmingQuestion(movement, asked, pool);
    const [a, b] = await sidesOf(db, query);
    return judge(query, a, b, await controlOf(db, query));
  };
  const first = await ask([]);
  // Hosts that moved together may differ in many things, each of them in the same before and after.
  const mixed = first.refusals.flatMap(({ kind, field }) => (kind === 'mixed' && field !== null ? [field] : []));
  return mixed.length === 0 ? first : ask([...new Set(mixed)]);
}

/** What the runs of a confirming job say, as /v1/compare would. */
export async function judgeFreshRuns(
  db: PrismaClient,
  movement: FindingMovement,
  asked: Pick<Try, 'jobId' | 'hosts' | 'controlHosts'>,
): Promise<ConfirmationFigures> {
  try {
    const { verdict, ratio, interval, method, b, control, reason } = await compared(db, movement, asked);
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
