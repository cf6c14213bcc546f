export function zeroContextPatch(
  files: readonly { file: string; added: readonly { line: number; text: string }[] }[],
): string;
export function withoutLineNumbers(patch: string): string;
