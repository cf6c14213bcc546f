// SPDX-License-Identifier: GPL-2.0
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The first port of the first virtio-serial device. */
#define PORT "/dev/vport0p1"
/* Ports are announced after the driver is up; wait so long in steps of 10 ms. */
#define PORT_WAIT_STEPS 1000
#define BUFFER_SIZE 65536

static int port = -1;
static char buffer[BUFFER_SIZE];
static size_t held;

void port_open(void)
{
	for (int step = 0; step < PORT_WAIT_STEPS && port < 0; step++) {
		port = open(PORT, O_WRONLY | O_CLOEXEC);
		if (port < 0)
			poll(NULL, 0, 10);
	}
	if (port < 0) {
		fprintf(stderr, "guest: no " PORT ": %s; start QEMU with a virtserialport\n", strerror(errno));
		power_off();
	}
}

void port_flush(void)
{
	for (size_t sent = 0; sent < held;) {
		ssize_t written = write(port, buffer + sent, held - sent);

		if (written < 0 && errno != EINTR && errno != EAGAIN) {
			fprintf(stderr, "guest: cannot write to the port: %s\n", strerror(errno));
			power_off();
		}
		sent += written > 0 ? (size_t)written : 0;
	}
	held = 0;
}

void port_write(const char *bytes, size_t count)
{
	if (held + count > BUFFER_SIZE)
		port_flush();
	memcpy(buffer + held, bytes, count);
	held += count;
}

/* At most 4095 characters. */
void port_print(const char *format, ...)
{
	char text[4096];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	port_write(text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}
