import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export type Accelerator = 'tcg' | 'kvm' | 'icount';
export const ACCELERATOR_NAMES: readonly Accelerator[];
export interface Boot {
  readonly bzImage: string;
  readonly initramfs: string;
  readonly accelerator: Accelerator;
  readonly kpti: boolean;
  readonly program: string;
  readonly parameters: readonly string[];
  readonly consolePath: string;
  readonly cpuModel?: string;
  readonly cpus?: number;
  readonly memoryMib?: number;
  readonly logBufLen?: string;
  readonly read?: 'live' | 'after' | 'no';
  readonly append?: readonly string[];
  readonly qmpPath?: string;
}
export function kernelCommandLine(boot: Boot): string;
export function qemuParameters(boot: Boot): string[];
export function startQemu(boot: Boot): ChildProcessByStdio<Writable, Readable, Readable>;
export function runQemu(
  boot: Boot,
  options: { timeLimitSeconds: number; onPort: (bytes: Buffer) => void },
): Promise<{ status: number | null; timedOut: boolean; seconds: number; errors: string }>;
