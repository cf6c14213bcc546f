import { everyMeasure, type JudgedChange, type KnownChangesQuery, measureName } from '#contracts';
import { deterministicId } from '#event-store';
import { canonicalJson } from '#lifecycle';
import { bootChangeText, change } from '#wording';
import { judgeKnownChanges } from '../../trends/judge-known-changes.js';
import type { CauseWatch, Item } from './cause-watch.js';

const dayMs = 86_400_000;
/** As far as levels before and after count: a verdict may come days after the change. */
const withinDays = 14;

/** What was changed names it, not when: late runs move a date, and a rollout takes days. */
const idOf = ({ kind, fields }: JudgedChange, ...more: string[]): string =>
  deterministicId('known-change', canonicalJson({ kind, fields }), ...more);

function itemOf(judged: JudgedChange, { probe, metric }: Pick<KnownChangesQuery, 'probe' | 'metric'>): Item {
  const { ratio, reason, hosts } = judged;
  const measure = measureName(probe, metric);
  return {
    ...{ key: idOf(judged, probe, metric), group: idOf(judged), begins: true, hosts },
    ...{ sinceMs: Date.parse(judged.from), title: `slower since ${bootChangeText(judged)}` },
    lines: [`${measure}: ${ratio === null ? 'slower' : change(ratio)}; ${reason}`],
    page: '/#/trends',
  };
}

/**
 * Changes of boot states that made their hosts slower, as `xf known-changes` judges them; one message for all that one change slowed down.
 * The same change again within two weeks is the same.
 */
export const knownChange: CauseWatch = {
  // Days decide, and a fleet of 10,000 hosts is read for it.
  everyMs: 3_600_000,
  quietMs: withinDays * dayMs,
  async find({ db, route }) {
    const untilMs = Date.now() + dayMs;
    const asked = { sinceMs: untilMs - (withinDays + 1) * dayMs, untilMs, selector: route.selector };
    const items: Item[] = [];
    for (const measure of everyMeasure()) {
      const query: KnownChangesQuery = {
        ...asked,
        ...measure,
        margin: 0.01,
        confidence: 0.95,
        limit: 100,
        hosts: 'first',
      };
      const { changes } = await judgeKnownChanges(db, query);
      items.push(...changes.filter(({ verdict }) => verdict === 'slower').map((judged) => itemOf(judged, measure)));
    }
    return items;
  },
  title: (items) => items[0]?.title ?? '',
};
