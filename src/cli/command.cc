// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <iostream>

#include "base/text.h"

namespace matchcue::cli {

ExitCode exit_code_for(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument: return ExitCode::invalid_input;
    case ErrorKind::not_found: return ExitCode::not_found;
    case ErrorKind::conflict: return ExitCode::conflict;
    case ErrorKind::too_large: return ExitCode::limit;
    case ErrorKind::unsupported: return ExitCode::invalid_config;
    case ErrorKind::unavailable: return ExitCode::unreachable;
    case ErrorKind::corrupt: return ExitCode::corrupt;
    case ErrorKind::internal: return ExitCode::internal;
  }
  return ExitCode::internal;
}

ExitCode fail(const Globals& globals, const Error& error) {
  if (globals.json) {
    std::string out = "{\"error\":{\"code\":";
    append_json_string(error.code, out);
    out += ",\"message\":";
    append_json_string(error.message, out);
    out += ",\"field\":";
    append_json_string(error.field, out);
    std::cerr << out << "}}" << std::endl;
  } else {
    std::cerr << "matchcue: " << error.message << std::endl;
  }
  return exit_code_for(error.kind);
}

}  // namespace matchcue::cli
