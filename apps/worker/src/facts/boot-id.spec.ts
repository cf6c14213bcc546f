import { describe, expect, it } from '@jest/globals';
import { machineBootId } from './boot-id.js';

describe('which boot it is', () => {
  it('is the same all through a boot, and null where it is not told', async () => {
    expect(await machineBootId()).toBe(await machineBootId());
    expect(await machineBootId('/proc/version')).toBeNull();
    expect(await machineBootId('/nowhere')).toBeNull();
  });
});
