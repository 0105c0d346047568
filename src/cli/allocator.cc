// SPDX-License-Identifier: Apache-2.0
//
// jemalloc, when it is linked, reads its options here.

/// A server that runs for weeks must not grow, and its memory limit is held against what is resident: what was freed
/// goes back to the machine after a second, by a thread of the allocator's own.
extern "C" const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000";
