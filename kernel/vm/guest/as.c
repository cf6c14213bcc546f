// SPDX-License-Identifier: GPL-2.0
/* as UID PROGRAM [ARGUMENT...]: runs /bin/PROGRAM as that user, with no group and no capability. */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[80];
	unsigned int id;

	if (argc < 3) {
		fputs("usage: as UID PROGRAM [ARGUMENT...]\n", stderr);
		return 125;
	}
	id = (unsigned int)strtoul(argv[1], NULL, 10);
	if (setgroups(0, NULL) != 0 || setgid(id) != 0 || setuid(id) != 0) {
		fprintf(stderr, "as: cannot become user %u: %s\n", id, strerror(errno));
		return 125;
	}
	snprintf(path, sizeof(path), "/bin/%s", argv[2]);
	execv(path, argv + 2);
	fprintf(stderr, "as: cannot start %s: %s\n", path, strerror(errno));
	return 127;
}
