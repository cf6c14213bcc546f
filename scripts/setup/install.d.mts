interface LockedPackage {
  version?: string;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

export function missingPackages(
  wanted: Record<string, LockedPackage>,
  present: Record<string, LockedPackage> | null,
): string[];
export function remedyFor(output: string): string;
