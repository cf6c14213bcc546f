import { catalogRows } from '#cpu-catalog';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

/** Generations of servers; a name that is not among them has the colour that Grafana gives to the whole name of its line. */
const ofServers = [...new Set(catalogRows.map(({ generation }) => generation))].filter((name) =>
  /-(EP|SP)$|Cascade|Cooper|Rapids|Zen/.test(name),
);

/** Far from its neighbours in the catalogue's order, which is that of time: hues a golden angle apart. */
const hueOf = (at: number): number => Math.round((at * 137.508) % 360);

const saturation = 0.65;

/** Red, green and blue from 0 to 1. */
function rgbOf(hue: number, lightness: number): number[] {
  return [0, 8, 4].map((n) => {
    const k = (n + hue / 30) % 12;
    return lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  });
}

/** WCAG 2's relative luminance of red, green and blue from 0 to 1. */
export function luminanceOf(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** A word can be read on white and on Grafana's dark panels (#181b1f): 4.3 to 1 and 3.9 to 1. */
const readable = 0.193;

/** Of equal lightness, a blue would be dark and a green bright: it is halved until the luminance is the same. */
function hexOf(hue: number): string {
  let [low, high] = [0, 1];
  for (let step = 0; step < 16; step++) {
    const middle = (low + high) / 2;
    if (luminanceOf(rgbOf(hue, middle)) < readable) low = middle;
    else high = middle;
  }
  return `#${rgbOf(hue, low)
    .map((part) =>
      Math.round(part * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

const literal = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

interface GenerationColour {
  pattern: string;
  hex: string;
}

/** A generation keeps its colour on every board: a pattern for what is or begins with its name. */
const colours: readonly GenerationColour[] = ofServers.map((name, at) => ({
  pattern: `/^${literal(name)}(?: \\/|$)/`,
  hex: hexOf(hueOf(at)),
}));

/** Of lines. */
export const generationColours: readonly { pattern: string; properties: DynamicConfigValue[] }[] = colours.map(
  ({ pattern, hex }) => ({ pattern, properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: hex } }] }),
);

/** Of words in a table; without a text of its own, the value stays as it is. */
export const generationWords: readonly object[] = colours.map(({ pattern, hex }, index) => ({
  type: 'regex',
  options: { pattern, result: { color: hex, index } },
}));
