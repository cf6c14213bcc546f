export function instructionsBySymbol(text: string): Map<string, string[]>;
export function measuredLoopFaults(text: string): string[];
