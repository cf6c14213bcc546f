import { probeNames } from '#contracts';
import { metricFields } from '../metric-fields.js';

export const countText = ' n=';
export const irqText = ' irq=';

/** What stands between the numbers of sample lines, of whatever probe. */
export const betweenNumbers: readonly string[] = [
  ...new Set([
    countText,
    irqText,
    ...probeNames.flatMap((probe) => {
      const { first, second, many } = metricFields(probe);
      return [first, ...(second === null ? [] : [second]), many].map((bytes) => String.fromCharCode(...bytes));
    }),
  ]),
];
