import type { Item } from './causes/cause-watch.js';

/** What a route was told of and is not over. */
export interface ToldItem {
  item: string;
  messageId: string;
  /** It has not been so since then; null while it is. */
  quietSinceMs: number | null;
}

/** What a look at a cause leads to. */
export interface Changes {
  /** New: a message each group. */
  begun: Item[][];
  /** It is not so any more; whether that lasts is seen later. */
  quiet: string[];
  /** It is so again before it was over. */
  again: string[];
  /** Over. */
  over: string[];
  /** Messages all of whose items are over, with these. */
  ended: Map<string, string[]>;
}

/** Compares what is so now with what was told. Pure: of one state and one look it always makes the same. */
export function whatChanged(
  told: readonly ToldItem[],
  items: readonly Item[],
  quietMs: number,
  nowMs: number,
): Changes {
  const now = new Map(items.map((item) => [item.key, item]));
  const known = new Set(told.map(({ item }) => item));
  const groups = new Map<string, Item[]>();
  for (const item of now.values()) {
    if (!item.begins || known.has(item.key)) continue;
    groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  }
  const gone = told.filter(({ item }) => !now.has(item));
  const isOver = ({ quietSinceMs }: ToldItem): boolean => nowMs - (quietSinceMs ?? nowMs) >= quietMs;
  const over = gone.filter(isOver);
  const overKeys = new Set(over.map(({ item }) => item));
  const goOn = new Set(told.filter(({ item }) => !overKeys.has(item)).map(({ messageId }) => messageId));
  const ended = new Map<string, string[]>();
  for (const { item, messageId } of over)
    if (!goOn.has(messageId)) ended.set(messageId, [...(ended.get(messageId) ?? []), item]);
  return {
    begun: [...groups.values()],
    quiet: gone.filter((one) => one.quietSinceMs === null && !isOver(one)).map(({ item }) => item),
    again: told.filter(({ item, quietSinceMs }) => now.has(item) && quietSinceMs !== null).map(({ item }) => item),
    over: [...overKeys],
    ended,
  };
}
