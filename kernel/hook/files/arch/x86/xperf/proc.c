// SPDX-License-Identifier: GPL-2.0
/* /proc/xperf: tells that this kernel is armed, and how. Anyone may read it, root may write `mode=`. */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>
#include <asm/xperf.h>

#include "internal.h"

enum xperf_mode xperf_mode __read_mostly = XPERF_MODE_ANY;

static const char *const mode_names[] = {
	[XPERF_MODE_OFF] = "off",	/* marked faults are ordinary faults */
	[XPERF_MODE_ROOT] = "root",	/* only CAP_SYS_ADMIN may begin a run */
	[XPERF_MODE_ANY] = "any",
};

static int set_mode(const char *name)
{
	int mode = match_string(mode_names, ARRAY_SIZE(mode_names), name);

	if (mode >= 0)
		WRITE_ONCE(xperf_mode, mode);
	return mode;
}

static int show(struct seq_file *file, void *unused)
{
	struct xperf_counters sum = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct xperf_counters *counters = per_cpu_ptr(&xperf_counters, cpu);
#define XPERF_SUM(name) sum.name += READ_ONCE(counters->name);
		XPERF_COUNTERS(XPERF_SUM)
	}
	seq_printf(file, "version=%d\nmagic=0x%08x\n", XPERF_VERSION, XPERF_MAGIC);
	seq_puts(file, "capabilities=u2k,k2u,single,batch,checksum\n");
	seq_printf(file, "kernel=%s\nkpti=%d\nfred=%d\n", init_utsname()->release, boot_cpu_has(X86_FEATURE_PTI),
		   xperf_fred());
	seq_printf(file, "mode=%s\nmax_batch=%d\nmax_runs=%d\nlive_runs=%u\n", mode_names[READ_ONCE(xperf_mode)],
		   XPERF_MAX_BATCH, XPERF_MAX_RUNS, xperf_live_runs());
#define XPERF_SHOW(name) seq_printf(file, #name "=%llu\n", sum.name);
	XPERF_COUNTERS(XPERF_SHOW)
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

/* Takes `mode=off`, `mode=root` or `mode=any`; anything else is EINVAL. */
static ssize_t write(struct file *file, const char __user *from, size_t size, loff_t *position)
{
	char text[32], *trimmed;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, size))
		return -EFAULT;
	text[size] = '\0';
	trimmed = strim(text);
	if (!str_has_prefix(trimmed, "mode=") || set_mode(trimmed + strlen("mode=")) < 0)
		return -EINVAL;
	return size;
}

static const struct proc_ops operations = {
	.proc_open = open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = write,
};

/* Boot parameter xperf=off|root|any. */
static int __init boot_mode(char *name)
{
	if (set_mode(name) < 0)
		pr_warn("xperf: unknown mode '%s': expected off, root or any\n", name);
	return 1;
}
__setup("xperf=", boot_mode);

static int __init xperf_init(void)
{
	if (!proc_create("xperf", 0644, NULL, &operations))
		return -ENOMEM;
	pr_info("xperf: hook version %d, mode %s, kpti %d, fred %d\n", XPERF_VERSION, mode_names[xperf_mode],
		boot_cpu_has(X86_FEATURE_PTI), xperf_fred());
	return 0;
}
late_initcall(xperf_init);
