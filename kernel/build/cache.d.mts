export interface ImagePaths {
  readonly folder: string;
  readonly bzImage: string;
  readonly vmlinux: string;
  readonly config: string;
  readonly stamp: string;
}
export function cacheRoot(): string;
export function seriesPaths(
  series: string,
  root?: string,
): {
  readonly folder: string;
  readonly source: string;
  readonly pristine: string;
  readonly output: string;
  readonly log: string;
  readonly lock: string;
  image(variant: string): ImagePaths;
};
export function guestPaths(root?: string): {
  readonly folder: string;
  readonly initramfs: string;
  readonly stamp: string;
  program(name: string): string;
};
