import { type Check, limited, missing, ok, textOf } from './check.js';
import type { CpuFacts, DoctorFacts } from './facts.js';

const field = (text: string | null, name: RegExp): string | null => name.exec(text ?? '')?.[1]?.trim() ?? null;

/** Whether this machine's own crossings can be measured at all. */
export function cpu(facts: CpuFacts): Check {
  const text = textOf(facts.cpuinfo);
  const vendor = field(text, /^vendor_id\s*:(.*)$/m);
  if (facts.platform === 'linux' && vendor !== null) {
    return ok('cpu', `${field(text, /^model name\s*:(.*)$/m) ?? vendor}: an x86 CPU that can be measured`);
  }
  return missing(
    'cpu',
    `${facts.platform}-${facts.arch} without an x86 /proc/cpuinfo can't be measured`,
    'run a worker on an x86-64 Linux host; simulated hosts work here',
  );
}

function tsc(facts: DoctorFacts): Check {
  const flags = new Set((field(textOf(facts.cpuinfo), /^flags\s*:(.*)$/m) ?? '').split(/\s+/));
  const lacking = ['constant_tsc', 'nonstop_tsc'].filter((flag) => !flags.has(flag));
  return lacking.length === 0
    ? ok('tsc', 'the TSC is invariant: cycles can be turned into time')
    : limited(
        'tsc',
        `the TSC is not known to be invariant (${lacking.join(', ')} not in /proc/cpuinfo)`,
        'trust cycles of one run, not times; in a VM let the host pass invtsc through',
      );
}

function affinity(facts: DoctorFacts): Check {
  const allowed = field(textOf(facts.processStatus), /^Cpus_allowed_list:\s*(.*)$/m);
  const isolated = textOf(facts.isolatedCpus)?.trim() ?? '';
  if (allowed === null) {
    return limited('affinity', "the CPUs of this process can't be read", 'runs are pinned to the first CPU that works');
  }
  if (isolated !== '')
    return ok('affinity', `CPUs ${allowed} may be used, ${isolated} are isolated: runs are pinned there`);
  if (/^\d+$/.test(allowed)) {
    return limited(
      'affinity',
      `only CPU ${allowed} may be used: the measured program shares it with everything else`,
      'give the worker two CPUs or more (taskset, cpuset, container limits)',
    );
  }
  return ok('affinity', `CPUs ${allowed} may be used; runs are pinned to the last (isolcpus= would make it quieter)`);
}

function compiler(facts: DoctorFacts): Check {
  return facts.compiler === null
    ? missing(
        'compiler',
        'no cc, gcc or clang on the PATH: the stock-host executor can’t build its program',
        'apt-get install gcc libc6-dev (Debian, Ubuntu), dnf install gcc glibc-devel (Fedora), apk add build-base (Alpine)',
      )
    : ok('compiler', `C compiler ${facts.compiler}`);
}

function kernelLog(facts: DoctorFacts): Check {
  if ('text' in facts.kmsg) return ok('kernel-log', '/dev/kmsg can be read');
  const restricted = textOf(facts.dmesgRestrict)?.trim() === '1';
  return missing(
    'kernel-log',
    `/dev/kmsg can't be read (${facts.kmsg.error}${restricted ? ', kernel.dmesg_restrict=1' : ''}); only the patched-host executor needs it`,
    facts.kmsg.error === 'ENOENT'
      ? 'pass /dev/kmsg into this container (--device /dev/kmsg)'
      : 'give the worker CAP_SYSLOG, or sysctl kernel.dmesg_restrict=0',
  );
}

function patchedKernel(facts: DoctorFacts): Check {
  return 'text' in facts.xperf
    ? ok('patched-kernel', `/proc/xperf: ${facts.xperf.text.trim().split('\n').join(', ').slice(0, 200)}`)
    : missing(
        'patched-kernel',
        `this kernel has no hook (/proc/xperf: ${facts.xperf.error}): u2k and k2u can't be measured separately here`,
        'boot a kernel built with the hook under kernel/; the round-trip probes work without it',
      );
}

function virtualMachines(facts: DoctorFacts): Check[] {
  return [
    facts.qemu === null
      ? missing('qemu', 'no qemu-system-x86_64 on the PATH', 'apt-get install qemu-system-x86')
      : ok('qemu', `QEMU ${facts.qemu}`),
    'text' in facts.kvm
      ? ok('kvm', '/dev/kvm can be used')
      : missing(
          'kvm',
          `/dev/kvm can't be used (${facts.kvm.error}): guests run emulated, their figures say nothing about hardware`,
          facts.kvm.error === 'EACCES'
            ? 'add this user to the group kvm'
            : 'turn on VT-x/AMD-V in the firmware or nested virtualization, and load kvm_intel or kvm_amd',
        ),
  ];
}

/** What bears on measuring: the CPU, its clock, pinning, the compiler, the kernel, virtual machines. */
export function measuringChecks(facts: DoctorFacts): Check[] {
  return [
    cpu(facts),
    tsc(facts),
    affinity(facts),
    compiler(facts),
    kernelLog(facts),
    patchedKernel(facts),
    ...virtualMachines(facts),
  ];
}
