import {
  FieldColorBuilder,
  FieldColorModeId,
  type DynamicConfigValue,
} from '@grafana/grafana-foundation-sdk/dashboard';

export const units = {
  cycles: 'suffix:cycles',
  ns: 'ns',
  count: 'short',
  share: 'percentunit',
  ratio: 'none',
  bytes: 'bytes',
  seconds: 's',
} as const;

/** What the variable `unit` offers. */
export const chosenUnits = ['ns', 'cycles'] as const;

/** The same in each of them, where only the chosen one gives rows: a unit belongs to a query. */
export type InUnits = Readonly<Record<(typeof chosenUnits)[number], string>>;

/** What a panel says of itself; the description is mandatory. */
export interface PanelText {
  title: string;
  description: string;
  unit: string;
  /** Shown instead of "No data". */
  noValue: string;
}

export function unitOverride(unit: string): DynamicConfigValue[] {
  return [{ id: 'unit', value: unit }];
}

/** Digits after the point. */
export function decimals(digits: number): DynamicConfigValue[] {
  return [{ id: 'decimals', value: digits }];
}

/** A cell without a value shows the panel's text for no rows at all, unless its column has a text of its own. */
export function whenEmpty(text: string): DynamicConfigValue[] {
  return [{ id: 'noValue', value: text }];
}

/** A figure without a verdict has no colour: Grafana's own thresholds paint whatever exceeds 80 red, and the rest green. */
export const neutral = new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('text');

export function fixedColour(fixedColor: string): DynamicConfigValue[] {
  return [{ id: 'color', value: { mode: 'fixed', fixedColor } }];
}

/** Lines that are parts of one thing: else Grafana gives them any colours, green of failures among them. */
export const shadesOf = (colour: string) => new FieldColorBuilder().mode(FieldColorModeId.Shades).fixedColor(colour);
