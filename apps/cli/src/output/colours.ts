import pc from 'picocolors';

/** Functions that colour a text, or leave it as it is. */
export type Paint = ReturnType<typeof pc.createColors>;

/** Colours where a terminal shows them and nobody has asked for none (NO_COLOR, https://no-color.org; TERM=dumb). */
export function coloursOn(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  const refused = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return pc.createColors(stream.isTTY === true && !refused);
}

export const noColours: Paint = pc.createColors(false);
