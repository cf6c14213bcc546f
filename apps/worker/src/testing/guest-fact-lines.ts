/** What a guest with KPTI on shows of itself before its run, without the `@` of its lines. */
export const guestFactLines: readonly string[] = [
  'fact /proc/version Linux version 6.12.117-xperf-hook (xperf@fleet) (gcc 12.2.0) #1 SMP 1970-01-01',
  'fact /proc/cmdline quiet pti=on mitigations=off xperf.program=xperf xperf.args=--run,0badcafe xperf.read=live',
  'fact /proc/cpuinfo processor\t: 0',
  'fact /proc/cpuinfo vendor_id\t: GenuineIntel',
  'fact /proc/cpuinfo cpu family\t: 6',
  'fact /proc/cpuinfo model\t\t: 63',
  'fact /proc/cpuinfo model name\t: Intel Core Processor (Haswell, no TSX)',
  'fact /proc/cpuinfo stepping\t: 4',
  'fact /proc/cpuinfo flags\t\t: fpu tsc constant_tsc nonstop_tsc hypervisor pti',
  'fact /proc/cpuinfo bogomips\t: 5185.88',
  'fact /sys/devices/system/cpu/online 0-1',
  'fact /sys/devices/system/clocksource/clocksource0/current_clocksource tsc-early',
  'fact /sys/devices/system/cpu/vulnerabilities/meltdown Mitigation: PTI',
];
