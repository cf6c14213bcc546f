import type { Anchor } from './anchors.mjs';

export class AnchorError extends Error {}
export function insertAll(
  text: string,
  anchors: readonly Anchor[],
): { text: string; added: { line: number; text: string }[] };
export function removeAll(text: string, anchors: readonly Anchor[]): string;
