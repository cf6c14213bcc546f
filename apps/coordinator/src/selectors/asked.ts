import { parseSelector, type Selector } from '#contracts';

/** A term's label, and one of its values unless it only asks for the label. */
export interface Named {
  key: string;
  value: string | null;
}

/** What a selector names, and in which field of the request it stands. */
export interface Asked {
  field: string;
  named: Named;
}

function namedIn(selector: Selector): Named[] {
  return selector.flatMap((term): Named[] =>
    'values' in term ? term.values.map((value) => ({ key: term.key, value })) : [{ key: term.key, value: null }],
  );
}

/** @param selectors texts that parse, by the field that they came in */
export function askedIn(selectors: Readonly<Record<string, string>>): Asked[] {
  return Object.entries(selectors).flatMap(([field, text]) =>
    namedIn(parseSelector(text)).map((named) => ({ field, named })),
  );
}
