// SPDX-License-Identifier: GPL-2.0
/* The guest's first and only service: runs one program, passes its output and the kernel log to the host, powers off. */
#include "guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

static void mount_one(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) != 0 && errno != EBUSY)
		fprintf(stderr, "guest: cannot mount %s: %s\n", where, strerror(errno));
}

int main(void)
{
	struct job job = { .program = "" };

	mount_one("proc", "/proc");
	mount_one("sysfs", "/sys");
	mount_one("devtmpfs", "/dev");
	mount_one("tmpfs", "/tmp");
	port_open();
	port_print("@guest protocol=1\n");
	print_facts();
	if (read_job(&job))
		run_job(&job);
	else
		port_print("@error the kernel command line names no xperf.program\n");
	port_print("@after\n");
	print_facts();
	port_print("@end\n");
	port_flush();
	power_off();
}
