#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The first step of reading a schema: from text that may be anything to a list of fields as they were written. Which
// fields are allowed is personalize_schema.cc's business.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/value.h"

namespace matchcue::codec {

/// A field as written.
struct WrittenField {
  std::string name;                                     ///< letters, digits and '_'; never empty
  std::optional<domain::FieldType> type;                ///< nothing when it is not one of Avro's words
  domain::FieldType meant = domain::FieldType::string;  ///< `type`, or what was probably meant
  std::string wrong_type;  ///< the word that is not one of Avro's; empty when `type` is set
  bool nullable = false;
  bool categorical = false;
  bool textual = false;
  std::vector<std::string> problems;  ///< what is wrong with its form
};

/// A schema as written.
struct WrittenSchema {
  std::string record_name;            ///< empty when it is not a record
  std::vector<WrittenField> fields;   ///< empty when nothing could be read
  std::vector<std::string> problems;  ///< what is wrong with the form of the whole
};

WrittenSchema read_schema_text(std::string_view text);

}  // namespace matchcue::codec
