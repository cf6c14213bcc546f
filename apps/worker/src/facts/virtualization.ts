import type { Cpuinfo } from './cpuinfo.js';

/** Texts in which hypervisors and containers give themselves away; null where unreadable. */
export interface VirtualizationTexts {
  /** /sys/hypervisor/type */
  hypervisorType: string | null;
  /** /sys/class/dmi/id/sys_vendor and product_name */
  dmiVendor: string | null;
  dmiProduct: string | null;
  kernelLog: string | null;
  /** /sys/devices/system/clocksource/clocksource0/available_clocksource */
  clockSources: string | null;
  /** /proc/version */
  kernelBanner: string | null;
  /** /proc/1/cgroup, and which marker files of containers exist */
  cgroup: string | null;
  containerMarkers: readonly string[];
}

/** Order matters: a vendor's own name before the general KVM marks. */
const dmiNames: readonly [RegExp, string][] = [
  [/VMware/, 'vmware'],
  [/Microsoft.*Virtual Machine/, 'hyper-v'],
  [/innotek|VirtualBox/, 'virtualbox'],
  [/Xen/, 'xen'],
  [/Parallels/, 'parallels'],
  [/QEMU|KVM|Bochs/, 'kvm'],
  [/Amazon EC2|Google|OpenStack|DigitalOcean|Hetzner|Alibaba/, 'kvm'],
];

/** The kernel prints `Hypervisor detected: <name>`; these are its names (arch/x86/kernel/cpu/hypervisor.c). */
const logNames: Readonly<Record<string, string>> = {
  KVM: 'kvm',
  VMware: 'vmware',
  'Microsoft Hyper-V': 'hyper-v',
  'Xen HVM': 'xen',
  'Xen PV': 'xen',
  Jailhouse: 'jailhouse',
  ACRN: 'acrn',
};

/**
 * Signatures that hypervisors answer in CPUID leaf 0x40000000, trailing NULs cut off. Sources: Linux
 * Documentation/virt/kvm/x86/cpuid.rst; QEMU target/i386/cpu.c; Hyper-V Top Level Functional Specification 2.3; Xen
 * public/arch-x86/cpuid.h; Linux arch/x86/include/asm/vmware.h, arch/x86/kernel/cpu/acrn.c; bhyve(8) sources x86.c.
 */
const signatures: Readonly<Record<string, string>> = {
  KVMKVMKVM: 'kvm',
  TCGTCGTCGTCG: 'qemu-tcg',
  'Microsoft Hv': 'hyper-v',
  XenVMMXenVMM: 'xen',
  VMwareVMware: 'vmware',
  ACRNACRNACRN: 'acrn',
  'bhyve bhyve ': 'bhyve',
  VBoxVBoxVBox: 'virtualbox',
};

/** Which hypervisor signs so; null for a signature that is not known. */
export function hypervisorOfSignature(signature: string): string | null {
  return signatures[signature] ?? null;
}

/** Which hypervisor, by the strongest sign; null when there is none or it does not say. */
export function hypervisorFrom(cpu: Cpuinfo | null, texts: VirtualizationTexts): string | null {
  // gVisor is a kernel of its own that calls itself 4.4.0 with this fixed banner (pkg/sentry/kernel/version.go).
  if (/^Linux version 4\.4\.0 .*Sun Jan 10 15:06:54 PST 2016/.test(texts.kernelBanner ?? '')) return 'gvisor';
  if (texts.hypervisorType !== null) return texts.hypervisorType.trim();
  if (cpu !== null && !cpu.flags.has('hypervisor')) return null;
  if (/TCG/.test(cpu?.name ?? '')) return 'qemu-tcg';
  const logged = /Hypervisor detected: (.+)/.exec(texts.kernelLog ?? '')?.[1]?.trim();
  if (logged !== undefined) return logNames[logged] ?? logged.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const dmi = `${texts.dmiVendor ?? ''} ${texts.dmiProduct ?? ''}`;
  const named = dmiNames.find(([pattern]) => pattern.test(dmi))?.[1];
  if (named !== undefined) return named;
  if (/\bkvm-clock\b/.test(texts.clockSources ?? '')) return 'kvm';
  if (/\bhyperv_clocksource/.test(texts.clockSources ?? '')) return 'hyper-v';
  return null;
}

/** Which container runtime this process is in, or null. A container shares its host's kernel and crossings. */
export function containerFrom(texts: VirtualizationTexts): string | null {
  const marker = texts.containerMarkers[0];
  if (marker !== undefined) return marker;
  return /\b(docker|kubepods|libpod|lxc|containerd)\b/.exec(texts.cgroup ?? '')?.[1] ?? null;
}

/**
 * A container inside a VM counts as VM, because the VM is what changes a crossing's cost; the boot state's extra
 * facts still name the container.
 */
export function virtualizationFrom(
  cpu: Cpuinfo | null,
  hypervisor: string | null,
  container: string | null,
): 'bare' | 'vm' | 'container' | 'unknown' {
  if (hypervisor !== null || cpu?.flags.has('hypervisor') === true) return 'vm';
  if (container !== null) return 'container';
  return cpu === null ? 'unknown' : 'bare';
}
