// SPDX-License-Identifier: GPL-2.0
/*
 * host PROGRAM [ARGUMENT...]: makes of the guest a host with the programs of the machine outside, and runs PROGRAM there.
 * Its root is in memory. /usr, /etc and their like are the machine's, a source tree stands at /opt/tree, Node.js at
 * /opt/node and the folder of one test at /opt/work, all shared over 9p and read-only (kernel/vm/README.md).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT "/host"
/*
 * loose: what was read once is kept, because nothing changes it outside meanwhile. access=any: the shares are read with
 * the rights of who started QEMU.
 */
#define SHARE_OPTIONS "trans=virtio,version=9p2000.L,msize=512000,cache=loose,access=any"

static void fail(const char *what)
{
	fprintf(stderr, "host: %s: %s\n", what, strerror(errno));
	exit(125);
}

static void mount_on(const char *source, const char *where, const char *type, unsigned long flags, const char *options)
{
	if (mkdir(where, 0755) != 0 && errno != EEXIST)
		fail(where);
	if (mount(source, where, type, flags, options) != 0)
		fail(where);
}

static void share(const char *tag, const char *where)
{
	mount_on(tag, where, "9p", MS_RDONLY, SHARE_OPTIONS);
}

/* A top folder of the machine: a link stays a link, as in a merged /usr; one that is not there is left out. */
static void borrow(const char *name)
{
	char from[64], to[64], target[256];
	ssize_t length;

	snprintf(from, sizeof(from), "/machine/%s", name);
	snprintf(to, sizeof(to), ROOT "/%s", name);
	length = readlink(from, target, sizeof(target) - 1);
	if (length > 0) {
		target[length] = '\0';
		if (symlink(target, to) != 0)
			fail(to);
	} else if (access(from, F_OK) == 0) {
		mount_on(from, to, NULL, MS_BIND, NULL);
	}
}

int main(int argc, char **argv)
{
	static const char *const borrowed[] = { "usr", "bin", "sbin", "lib", "lib64", "etc" };

	if (argc < 2) {
		fputs("usage: host PROGRAM [ARGUMENT...]\n", stderr);
		return 125;
	}
	share("machine", "/machine");
	mount_on("root", ROOT, "tmpfs", 0, "mode=755");
	for (size_t i = 0; i < sizeof(borrowed) / sizeof(borrowed[0]); i++)
		borrow(borrowed[i]);
	mount_on("proc", ROOT "/proc", "proc", 0, NULL);
	mount_on("sysfs", ROOT "/sys", "sysfs", 0, NULL);
	mount_on("devtmpfs", ROOT "/dev", "devtmpfs", 0, NULL);
	mount_on("tmp", ROOT "/tmp", "tmpfs", 0, "mode=1777");
	mount_on("run", ROOT "/run", "tmpfs", 0, "mode=755");
	if (mkdir(ROOT "/opt", 0755) != 0)
		fail("/opt");
	share("tree", ROOT "/opt/tree");
	share("node", ROOT "/opt/node");
	share("work", ROOT "/opt/work");
	if (chroot(ROOT) != 0 || chdir("/") != 0)
		fail("chroot");
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/tmp", 1);
	execv(argv[1], argv + 1);
	fail(argv[1]);
}
