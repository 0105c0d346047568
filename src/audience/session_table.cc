// SPDX-License-Identifier: Apache-2.0
#include "audience/session_table.h"
