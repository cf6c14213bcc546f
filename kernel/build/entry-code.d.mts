export interface WindowStarts {
  readonly pageFaultEntry: number;
  readonly exitStamp: number;
}
export function stampFaults(text: string): string[];
export function windowStarts(text: string): WindowStarts;
export function windowInstructions(
  text: string,
  starts: WindowStarts,
  userInstructions?: number,
): { u2k: number; k2u: number; u2kPath: string[]; k2uPath: string[] };
