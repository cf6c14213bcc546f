import {
  endedBy,
  type HostService,
  type HostState,
  hostStateSchema,
  type JobSpec,
  limits,
  matchesSelector,
  parseSelector,
  type SkippedHosts,
  whatToDo,
} from '#contracts';
import { refused } from '../problems/problem.js';
import { nearest } from '../selectors/nearest.js';
import type { ChosenHost } from './job-queries.js';

const some = (hosts: readonly ChosenHost[]): string => {
  const names = hosts.slice(0, 5).map(({ hostId }) => hostId);
  return names.join(', ') + (hosts.length > 5 ? ` and ${hosts.length - 5} more` : '');
};

const are = (hosts: readonly ChosenHost[]): string => `${some(hosts)} ${hosts.length === 1 ? 'is' : 'are'}`;

/** How to put hosts in this state back to work. */
function remedyFor(state: HostState): string {
  if (!Object.hasOwn(endedBy, state)) return 'start their workers';
  return `xf hosts ${endedBy[state as Exclude<HostService, 'in-service'>]} puts them back into service`;
}

const inState = (hosts: readonly ChosenHost[]): [HostState, ChosenHost[]][] =>
  hostStateSchema.options
    .map((state): [HostState, ChosenHost[]] => [state, hosts.filter((host) => host.state === state)])
    .filter(([, own]) => own.length > 0);

/** @throws ProblemError 422 when so many of these hosts are left out that fewer than `least` are left. */
function refuseTooFew(field: string, of: readonly ChosenHost[], hosts: ReadonlySet<ChosenHost>, least: number): void {
  const left = inState(of.filter((host) => !hosts.has(host)));
  const rest = of.filter((host) => hosts.has(host)).length;
  if (left.length === 0 || rest >= least) return;
  const why = left.map(([state, own]) => `${are(own)} ${state === 'never' ? 'without a worker' : state}`).join('; ');
  throw refused({
    field,
    message:
      rest === 0
        ? `every host that was chosen is left out: ${why}`
        : `at least ${least} hosts are needed, and ${rest} of those that were chosen ${rest === 1 ? 'is' : 'are'} left: ${why}`,
    remedy: left.map(([state]) => remedyFor(state)).join('; '),
  });
}

/** @throws ProblemError 422 when no host that is left has the label by which they take turns: then it is a slip. */
function refuseUnknownLabel({ atOnce }: Pick<JobSpec, 'atOnce'>, hosts: readonly ChosenHost[]): void {
  if (atOnce === undefined || hosts.some(({ labelNames }) => labelNames.includes(atOnce.label))) return;
  const known = [...new Set(hosts.flatMap(({ labelNames }) => labelNames))].sort();
  const near = nearest(atOnce.label, known);
  throw refused({
    field: 'atOnce.label',
    message: `none of the chosen hosts has a label "${atOnce.label}"`,
    remedy: `use one that they have: ${(near.length > 0 ? near : known).join(', ') || 'there is none'}`,
  });
}

/**
 * The chosen hosts that a job runs on, and those that it leaves out because of their state.
 *
 * @throws ProblemError 422 where its spec says so of a state that one is in, or for a removed host by name; and when none is left, of
 *   those that are asked about, or too few of the control beside them.
 */
export function chooseHosts(
  {
    hosts: names,
    selector = '*',
    control,
    unavailable,
    atOnce,
  }: Pick<JobSpec, 'hosts' | 'selector' | 'control' | 'unavailable' | 'atOnce'>,
  chosen: readonly ChosenHost[],
): { hosts: ChosenHost[]; skipped: SkippedHosts[] } {
  const field = names === undefined ? 'selector' : 'hosts';
  const that = (what: ReturnType<typeof whatToDo>) =>
    chosen.filter(({ state }) => whatToDo(state, unavailable) === what);
  const [failing] = inState(that('fail'));
  if (failing !== undefined) {
    const [state, own] = failing;
    const asked = state === 'removed' ? '' : ', and the job is to fail then (unavailable)';
    throw refused({
      field,
      message: `${are(own)} ${state === 'never' ? 'without a worker' : state}${asked}`,
      remedy:
        state === 'removed'
          ? `name other hosts, or ${remedyFor(state)}`
          : `${remedyFor(state)}; or choose other hosts, or have the job wait or skip`,
    });
  }
  const left = inState(that('skip'));
  const hosts = chosen.filter(({ state }) => whatToDo(state, unavailable) !== 'skip');
  const matching = (text: string) => {
    const requirements = parseSelector(text);
    return chosen.filter(({ labels }) => matchesSelector(requirements, labels));
  };
  const beside = new Set(control === undefined ? [] : matching(control));
  const named = new Set(names);
  const asked = (names === undefined ? matching(selector) : chosen.filter(({ hostId }) => named.has(hostId))).filter(
    (host) => !beside.has(host),
  );
  const kept = new Set(hosts);
  refuseTooFew(field, asked, kept, 1);
  refuseTooFew('control', [...beside], kept, limits.controlHostsMin);
  refuseUnknownLabel({ atOnce }, hosts);
  return {
    hosts,
    skipped: left.map(([state, own]) => ({ state, hostIds: own.map(({ hostId }) => hostId).sort() })),
  };
}
