#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// libtorch, first of all includes: it brings a CHECK of its own, and ours is to be the one that counts.

#include <torch/torch.h>

#ifdef CHECK
#undef CHECK
#endif
