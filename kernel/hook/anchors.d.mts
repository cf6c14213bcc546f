export interface Anchor {
  readonly name: string;
  readonly file: string;
  readonly line: string;
  readonly place: 'before' | 'after';
  readonly insert: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly series?: readonly string[];
}
export const SERIES: readonly string[];
export const ANCHORS: readonly Anchor[];
export function anchorsOf(series: string): Anchor[];
