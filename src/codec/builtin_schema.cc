// SPDX-License-Identifier: Apache-2.0
//
// The built-in schemas: the AWS sample's columns, with the five context columns that its simulator writes.
#include "codec/personalize_schema.h"

namespace matchcue::codec {

namespace {

using domain::DatasetKind;
using domain::FieldType;
using domain::Schema;

Schema make_users() {
  return Schema{DatasetKind::users,
                "Users",
                {{"USER_ID", FieldType::string, false, false, false},
                 {"AGE", FieldType::int32, true, false, false},
                 {"GENDER", FieldType::string, true, true, false},
                 {"COUNTRY", FieldType::string, true, true, false},
                 {"SUPPORTED_TEAM", FieldType::string, true, true, false}}};
}

Schema make_items() {
  Schema schema{DatasetKind::items,
                "Items",
                {{"ITEM_ID", FieldType::string, false, false, false},
                 {"ITEM_LABEL", FieldType::string, true, false, false},
                 {"ITEM_TYPE", FieldType::string, true, true, false}}};
  for (const char* name :
       {"TWITTER_FOLLOWER_COUNT", "INSTA_FOLLOWER_COUNT", "FIFA_OVR_RATE", "FIFA_POT_RATE", "FIFA_STATS"}) {
    schema.fields.push_back({name, FieldType::int32, true, false, false});
  }
  for (const char* name : {"IS_CELEB", "COUNTRY", "IS_MONETIZE", "IS_ENGAGE"}) {
    schema.fields.push_back({name, FieldType::string, true, true, false});
  }
  schema.fields.push_back({"MIN_AGE", FieldType::int32, true, false, false});
  schema.fields.push_back({"COUNTRIES", FieldType::string, true, true, false});
  schema.fields.push_back({"REMOTE", FieldType::string, true, false, false});
  schema.fields.push_back({"CREATION_TIMESTAMP", FieldType::int64, true, false, false});
  return schema;
}

Schema make_interactions() {
  Schema schema{DatasetKind::interactions,
                "Interactions",
                {{"USER_ID", FieldType::string, false, false, false},
                 {"ITEM_ID", FieldType::string, false, false, false},
                 {"TIMESTAMP", FieldType::int64, false, false, false},
                 {"EVENT_TYPE", FieldType::string, false, false, false},
                 {"EVENT_VALUE", FieldType::float32, true, false, false}}};
  for (const char* name : {"MATCH_EVENT", "MATCH_TIMING", "MATCH_TYPE", "MATCH_VENUE", "SCORE_DIFFERENCE"}) {
    schema.fields.push_back({name, FieldType::string, true, true, false});
  }
  return schema;
}

}  // namespace

const Schema& builtin_schema(DatasetKind kind) {
  static const Schema users = make_users();
  static const Schema items = make_items();
  static const Schema interactions = make_interactions();
  switch (kind) {
    case DatasetKind::users: return users;
    case DatasetKind::items: return items;
    case DatasetKind::interactions: return interactions;
  }
  return items;
}

}  // namespace matchcue::codec
