// SPDX-License-Identifier: GPL-2.0
#include "guest.h"

#include <sys/reboot.h>
#include <unistd.h>

void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
