import type { Comparison, JobSpecInput } from '#contracts';
import type { CompareQuestion } from '../client/api-client.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { change, intervalText } from '#wording';
import { type Place, specOf } from './cells.js';
import { answerOf } from './judge.js';
import { type Answer, mostSteps, nextStep } from './stepper.js';

/** What a search needs of the fleet: the API's client, or a test's own. */
export interface Measured {
  /** Submits a job, or meets the one of the same key, and waits for its end. @returns its id */
  measure(spec: JobSpecInput, key: string): Promise<string>;
  compare(question: CompareQuestion): Promise<Comparison>;
}

export interface BisectOptions {
  /** The same key takes a search up again: its jobs are there. */
  key: string;
  /** What every job is to be like. */
  job: Omit<JobSpecInput, 'hosts' | 'matrix' | 'selector' | 'runsPerHost' | 'name'>;
  metric: Comparison['metric'];
  probe?: Comparison['probe'] | undefined;
  margin?: number | undefined;
  /** Fields in which places may differ besides, as of a comparison. */
  allow?: string | undefined;
  /** Runs of each place in the first job of a step; each further one has twice as many. */
  runs: number;
  /** Jobs of a step at most. */
  tries: number;
  tell: (line: string) => void;
}

/** How a place compares with the first one, by one job. */
interface Figures {
  jobId: string;
  runs: number;
  ratio: number | null;
  interval: Comparison['interval'];
  reason: string;
}

export interface BisectStep extends Figures {
  place: number;
  name: string;
  answer: Answer;
}

export interface Bisected {
  key: string;
  metric: Comparison['metric'];
  places: string[];
  /** Of the last place against the first. */
  ends: Figures;
  steps: BisectStep[];
  /** Places of which one is the first bad one: one where it was found. */
  firstBad: number[];
}

/** Many steps together err as rarely as one interval of 95 % (Bonferroni); so do the tries of one. */
const confidenceOf = (places: number, tries: number): number => 1 - 0.05 / ((mostSteps(places) + 1) * tries);

const figuresText = ({ ratio, interval }: Figures): string =>
  ratio === null ? 'not compared' : `${change(ratio)}, ratio ${intervalText(interval)}`;

/**
 * Searches a row of places for the first one that is like the last and not like the first. Each step measures a place beside both ends, in
 * one job, interleaved, and asks /v1/compare; where the interval holds the middle between the ends it measures again, twice as much.
 *
 * @throws CliError (refused) where the ends can't be told apart, or the comparison is refused
 */
export async function runBisect(fleet: Measured, row: readonly Place[], options: BisectOptions): Promise<Bisected> {
  const { key, job, metric, probe, margin, allow, runs, tries, tell } = options;
  const confidence = confidenceOf(row.length, tries);
  const last = row.length - 1;
  const at = (place: number): Place => row[place] as Place;

  async function against(
    jobId: string,
    place: number,
    runsEach: number,
  ): Promise<Figures & Pick<Comparison, 'verdict' | 'more'>> {
    const side = (one: Place): string => `job=${jobId},${one.selector}`;
    const question = { a: side(at(0)), b: side(at(place)), metric, confidence };
    const { ratio, interval, reason, refusals, verdict, more } = await fleet.compare({
      ...question,
      ...(probe === undefined ? {} : { probe }),
      ...(margin === undefined ? {} : { margin }),
      ...(allow === undefined ? {} : { allow }),
    });
    const [refusal] = refusals;
    if (refusal !== undefined && refusal.kind !== 'empty')
      throw new CliError(
        `${at(place).name} can’t be compared with ${at(0).name}: ${refusal.reason}`,
        refusal.remedy,
        exitCodes.refused,
      );
    return { jobId, runs: runsEach, ratio, interval, reason, verdict, more };
  }

  async function measured(places: readonly number[], name: string, number: number): Promise<[string, number]> {
    const runsPerHost = runs * 2 ** (number - 1);
    const spec = {
      ...job,
      ...specOf(places.map(at)),
      runsPerHost,
      name: `bisect ${key}: ${name}, try ${number}`.slice(0, 200),
    };
    return [await fleet.measure(spec, `bisect/${key}/${places.join('-')}/${number}`), runsPerHost];
  }

  async function endsOf(): Promise<Figures> {
    for (let number = 1; ; number += 1) {
      const [jobId, runsEach] = await measured([0, last], 'the ends', number);
      const { verdict, more, ...figures } = await against(jobId, last, runsEach);
      tell(`ends: ${at(last).name} against ${at(0).name}: ${figuresText(figures)}, ${verdict}`);
      if (verdict === 'slower' || verdict === 'faster') return figures;
      if (verdict === 'equal' || number === tries)
        throw new CliError(
          `the ends can’t be told apart: ${figures.reason}`,
          verdict === 'equal'
            ? 'choose ends that differ; xf compare says by how much'
            : `more runs may tell them apart (--runs, --tries)${more === null ? '' : `: ${more}`}`,
          exitCodes.refused,
        );
    }
  }

  async function stepAt(place: number): Promise<BisectStep> {
    const { name } = at(place);
    for (let number = 1; ; number += 1) {
      const [jobId, runsEach] = await measured([0, place, last], name, number);
      const beside = await against(jobId, last, runsEach);
      const { verdict: _verdict, more: _more, ...figures } = await against(jobId, place, runsEach);
      const answer = beside.ratio === null ? 'cannot-tell' : answerOf(figures, beside.ratio);
      tell(`${name}: ${figuresText(figures)}; the last one ${figuresText(beside)}: ${answer.replace('-', ' ')}`);
      if (answer !== 'cannot-tell' || number === tries) return { place, name, answer, ...figures };
    }
  }

  const ends = await endsOf();
  const steps: BisectStep[] = [];
  for (;;) {
    const step = nextStep(row.length, new Map(steps.map(({ place, answer }) => [place, answer])));
    const places = row.map(({ name }) => name);
    if ('firstBad' in step) return { key, metric, places, ends, steps, firstBad: [...step.firstBad] };
    steps.push(await stepAt(step.measure));
  }
}
