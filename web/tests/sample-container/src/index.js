// SPDX-License-Identifier: Apache-2.0
//
// Federation wants a turn before the first shared library is used.
void import("./bootstrap.js");
