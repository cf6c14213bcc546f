import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { contractVersion, oldestContractVersion } from '#contracts';
import { ContractVersionGuard } from './contract-version.guard.js';

function asks(body: unknown): boolean {
  const context = { switchToHttp: () => ({ getRequest: () => ({ body }) }) };
  return new ContractVersionGuard().canActivate(context as unknown as ExecutionContext);
}

describe('ContractVersionGuard', () => {
  it.each([contractVersion, oldestContractVersion])('lets version %i through', (version) =>
    expect(asks({ contractVersion: version })).toBe(true),
  );

  it.each([oldestContractVersion - 1, contractVersion + 1])('refuses version %i and names both sides', (version) => {
    expect(() => asks({ contractVersion: version, other: 'shape' })).toThrow(
      `the worker speaks contract version ${version}, this coordinator versions ${oldestContractVersion} and ${contractVersion}`,
    );
  });

  it.each([undefined, {}, { contractVersion: 'new' }])('leaves %j to the schema', (body) =>
    expect(asks(body)).toBe(true),
  );
});
