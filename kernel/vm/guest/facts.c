// SPDX-License-Identifier: GPL-2.0
#include "guest.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define VULNERABILITIES "/sys/devices/system/cpu/vulnerabilities"

/* Each line of the file as `@fact <path> <line>`; a file that is not there gives none. */
static void print_file(const char *path)
{
	char line[2048];
	FILE *file = fopen(path, "r");

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			port_print("@fact %s %s\n", path, line);
		else if (strcmp(path, "/proc/cpuinfo") == 0)
			break; /* the first CPU stands for all */
	}
	fclose(file);
}

void print_facts(void)
{
	static const char *const files[] = {
		"/proc/version", "/proc/cmdline", "/proc/cpuinfo", "/proc/xperf",
		"/sys/devices/system/cpu/online",
		"/sys/devices/system/clocksource/clocksource0/current_clocksource",
	};
	DIR *folder = opendir(VULNERABILITIES);
	struct dirent *entry;
	char path[512];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		print_file(files[i]);
	while (folder && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), VULNERABILITIES "/%s", entry->d_name);
		print_file(path);
	}
	if (folder)
		closedir(folder);
}
