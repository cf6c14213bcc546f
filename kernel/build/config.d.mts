export const VARIANTS: readonly string[];
export function wantedOptions(series: string, variant: string): Map<string, string>;
export function fragmentOf(options: ReadonlyMap<string, string>): string;
export function unmetOptions(options: ReadonlyMap<string, string>, config: string): string[];
