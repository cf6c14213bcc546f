// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/xperf: tells that this kernel is armed, and how, and who may measure. Anyone may read it; CAP_SYS_ADMIN may
 * write `mode=` and `owner=`. A run fills the kernel log and takes one of few slots, so by default root and one
 * named user may begin one.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <asm/xperf.h>

#include "internal.h"

enum xperf_mode xperf_mode __read_mostly = XPERF_MODE_OWNER;

/* By its number in the initial user namespace. */
#define NO_OWNER	((uid_t)-1)
static uid_t owner __read_mostly = NO_OWNER;

static const char *const mode_names[] = {
	[XPERF_MODE_OFF] = "off",	/* marked faults are ordinary faults */
	[XPERF_MODE_ROOT] = "root",	/* only CAP_SYS_ADMIN may begin a run */
	[XPERF_MODE_OWNER] = "owner",	/* and the owner */
	[XPERF_MODE_ANY] = "any",
};

static int set_mode(const char *name)
{
	int mode = match_string(mode_names, ARRAY_SIZE(mode_names), name);

	if (mode >= 0)
		WRITE_ONCE(xperf_mode, mode);
	return mode;
}

/* A user's number, or `none`. */
static int set_owner(const char *text)
{
	uid_t uid = NO_OWNER;
	int error = strcmp(text, "none") == 0 ? 0 : kstrtouint(text, 10, &uid);

	if (!error)
		WRITE_ONCE(owner, uid);
	return error;
}

bool xperf_may_begin(void)
{
	uid_t uid = READ_ONCE(owner);

	switch (READ_ONCE(xperf_mode)) {
	case XPERF_MODE_ANY:
		return true;
	case XPERF_MODE_OWNER:
		if (uid != NO_OWNER && uid_eq(current_euid(), make_kuid(&init_user_ns, uid)))
			return true;
		fallthrough;
	case XPERF_MODE_ROOT:
		return capable(CAP_SYS_ADMIN);
	default:
		return false;
	}
}

static void show_owner(struct seq_file *file)
{
	uid_t uid = READ_ONCE(owner);

	if (uid == NO_OWNER)
		seq_puts(file, "owner=none\n");
	else
		seq_printf(file, "owner=%u\n", uid);
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
	seq_puts(file, "capabilities=u2k,k2u,single,batch,checksum,settle,owner\n");
	seq_printf(file, "kernel=%s\nkpti=%d\nfred=%d\n", init_utsname()->release, boot_cpu_has(X86_FEATURE_PTI),
		   xperf_fred());
	seq_printf(file, "mode=%s\n", mode_names[READ_ONCE(xperf_mode)]);
	show_owner(file);
	seq_printf(file, "max_batch=%d\nmax_runs=%d\nlive_runs=%u\n", XPERF_MAX_BATCH, XPERF_MAX_RUNS,
		   xperf_live_runs());
#define XPERF_SHOW(name) seq_printf(file, #name "=%llu\n", sum.name);
	XPERF_COUNTERS(XPERF_SHOW)
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

static int set(const char *setting)
{
	if (str_has_prefix(setting, "mode="))
		return set_mode(setting + strlen("mode="));
	if (str_has_prefix(setting, "owner="))
		return set_owner(setting + strlen("owner="));
	return -EINVAL;
}

/* Takes `mode=off`, `root`, `owner` or `any`, and `owner=UID` or `owner=none`; anything else is EINVAL. */
static ssize_t write(struct file *file, const char __user *from, size_t size, loff_t *position)
{
	char text[32];

	/* The file's mode alone would let a container's root in. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, size))
		return -EFAULT;
	text[size] = '\0';
	return set(strim(text)) < 0 ? -EINVAL : size;
}

static const struct proc_ops operations = {
	.proc_open = open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = write,
};

/* Boot parameter xperf=off|root|owner|any. */
static int __init boot_mode(char *name)
{
	if (set_mode(name) < 0)
		pr_warn("xperf: unknown mode '%s': expected off, root, owner or any\n", name);
	return 1;
}
__setup("xperf=", boot_mode);

/* Boot parameter xperf_owner=UID. */
static int __init boot_owner(char *text)
{
	if (set_owner(text) < 0)
		pr_warn("xperf: unknown owner '%s': expected a user's number, or none\n", text);
	return 1;
}
__setup("xperf_owner=", boot_owner);

static int __init xperf_init(void)
{
	if (!proc_create("xperf", 0644, NULL, &operations))
		return -ENOMEM;
	pr_info("xperf: hook version %d, mode %s, kpti %d, fred %d\n", XPERF_VERSION, mode_names[xperf_mode],
		boot_cpu_has(X86_FEATURE_PTI), xperf_fred());
	return 0;
}
late_initcall(xperf_init);
