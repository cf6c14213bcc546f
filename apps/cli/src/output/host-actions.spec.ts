import { expect, it } from '@jest/globals';
import { hostActionText } from './host-actions.js';

const ids = (count: number) => Array.from({ length: count }, (_, i) => `r7-h${i}`);

it('says what was done, what was so already, and what can’t be, within 80 columns', () => {
  const text = hostActionText({
    ...{ action: 'undrain', changed: ids(300), unchanged: ['r8-h1'] },
    refused: [{ hostId: 'r8-h2', message: 'r8-h2 is quarantined', remedy: 'xf hosts release r8-h2 first' }],
  });
  const flat = text.replaceAll(/\s+/g, ' ');
  expect(flat).toMatch(/^300 hosts back in service: runs that waited go on: r7-h0, .*r7-h9 and 290 more/);
  expect(flat).toContain('1 host as before: r8-h1');
  expect(flat).toContain('! r8-h2 is quarantined: xf hosts release r8-h2 first');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it('says that nothing changed where nothing did', () => {
  expect(hostActionText({ action: 'drain', changed: [], unchanged: ['h1'], refused: [] })).toBe('1 host as before: h1');
});
