// SPDX-License-Identifier: GPL-2.0-only
/* The Linux object: one translation unit, so that all programs share one set of maps. */
#include "platform.h"
#include "../core.h"
#include "connect.h"
#include "flows.h"
#include "guard.h"

char LICENSE[] SEC("license") = "GPL";
