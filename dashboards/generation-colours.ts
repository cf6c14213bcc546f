import { catalogRows } from '#cpu-catalog';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

/** Generations of servers; a name that is not among them has the colour that Grafana gives to the whole name of its line. */
const ofServers = [...new Set(catalogRows.map(({ generation }) => generation))].filter((name) =>
  /-(EP|SP)$|Cascade|Cooper|Rapids|Zen/.test(name),
);

/** Far from its neighbours in the catalogue's order, which is that of time: hues a golden angle apart, light enough for both themes. */
const hueOf = (at: number): number => Math.round((at * 137.508) % 360);

function hexOf(hue: number): string {
  const [saturation, lightness] = [0.6, 0.52];
  const channel = (n: number): string => {
    const k = (n + hue / 30) % 12;
    const value = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
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
