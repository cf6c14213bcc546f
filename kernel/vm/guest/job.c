// SPDX-License-Identifier: GPL-2.0
#include "guest.h"

#include <stdio.h>
#include <string.h>

static char command_line[4096];
static char arguments[2048];

/* The value of `name=` on the kernel command line, copied; false when it is not there or too long. */
static bool find_value(const char *name, char *value, size_t size)
{
	size_t length = strlen(name);

	for (const char *word = command_line; word; word = strchr(word, ' ')) {
		size_t end;

		word += *word == ' ';
		if (strncmp(word, name, length) != 0 || word[length] != '=')
			continue;
		word += length + 1;
		end = strcspn(word, " \n");
		if (end >= size)
			return false;
		memcpy(value, word, end);
		value[end] = '\0';
		return true;
	}
	return false;
}

/* xperf.program=NAME xperf.args=a,b,c xperf.read=live|after|no; false when no program is named. */
bool read_job(struct job *job)
{
	FILE *file = fopen("/proc/cmdline", "r");
	char reading[16] = "live";
	int count = 1;

	if (!file || !fgets(command_line, sizeof(command_line), file))
		return false;
	fclose(file);
	if (!find_value("xperf.program", job->program, sizeof(job->program)))
		return false;
	job->arguments[0] = job->program;
	if (find_value("xperf.args", arguments, sizeof(arguments)))
		for (char *word = strtok(arguments, ","); word && count <= MAX_ARGUMENTS; word = strtok(NULL, ","))
			job->arguments[count++] = word;
	job->arguments[count] = NULL;
	find_value("xperf.read", reading, sizeof(reading));
	job->read_after = strcmp(reading, "after") == 0;
	job->no_log = strcmp(reading, "no") == 0;
	return true;
}
