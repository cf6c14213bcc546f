import { describe, expect, it } from '@jest/globals';
import { generationColours, luminanceOf } from './generation-colours.js';

const partsOf = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
const luminances = generationColours.map(({ properties }) => {
  const { fixedColor } = properties[0]?.value as { fixedColor: string };
  return luminanceOf(partsOf(fixedColor));
});
const contrast = (one: number, other: number): number => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

describe('the colours of generations', () => {
  it.each([
    ['white', '#ffffff'],
    ['Grafana’s dark panels', '#181b1f'],
  ])('can be read on %s', (_name, background) => {
    const on = luminanceOf(partsOf(background));
    // WCAG 2 wants 3 to 1 of lines and large text.
    for (const luminance of luminances) expect(contrast(luminance, on)).toBeGreaterThan(3.5);
  });

  it('differ', () => {
    expect(new Set(generationColours.map(({ properties }) => JSON.stringify(properties))).size).toBe(
      generationColours.length,
    );
  });
});
