import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { contractVersion } from '#contracts';
import { ContractVersionGuard } from './contract-version.guard.js';

function asks(body: unknown): boolean {
  const context = { switchToHttp: () => ({ getRequest: () => ({ body }) }) };
  return new ContractVersionGuard().canActivate(context as unknown as ExecutionContext);
}

describe('ContractVersionGuard', () => {
  it('lets the same version through', () => expect(asks({ contractVersion })).toBe(true));

  it('names both versions and which side is older', () => {
    expect(() => asks({ contractVersion: contractVersion + 1, other: 'shape' })).toThrow(
      `the worker speaks contract version ${contractVersion + 1}, this coordinator version ${contractVersion}`,
    );
  });

  it.each([undefined, {}, { contractVersion: 'new' }])('leaves %j to the schema', (body) =>
    expect(asks(body)).toBe(true),
  );
});
