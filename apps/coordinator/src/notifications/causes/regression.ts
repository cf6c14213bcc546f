import { type FindingView, measureName } from '#contracts';
import { bootChangeText, changedHow } from '#wording';
import type { CauseWatch } from './cause-watch.js';
import { currentFindings, endsOfFindings, whereAndWhen } from './findings.js';

function toldOf(finding: FindingView) {
  const { probe, metric, suspects, common, confirmation } = finding;
  const [shared] = common;
  const figures = confirmation?.figures ?? null;
  return {
    title: `${measureName(probe, metric)} is ${changedHow(finding)} ${whereAndWhen(finding)}`,
    lines: [
      ...(figures === null ? [] : [`fresh runs: ${figures.reason}`]),
      ...(shared === undefined ? [] : [`in common: ${shared.field}=${shared.value}`]),
      ...suspects.slice(0, 3).map((suspect) => `changed shortly before: ${bootChangeText(suspect)}`),
    ],
  };
}

/** Findings towards slower that fresh runs confirmed. Each is a message of its own, with all its hosts. */
export const regression: CauseWatch = {
  ...{ everyMs: 5_000, quietMs: 0 },
  find: (asked) => currentFindings(asked, 'levels', toldOf),
  title: (items) => items[0]?.title ?? '',
  ended: endsOfFindings,
};
