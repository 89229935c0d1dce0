#pragma once

#include <string>

#include "adapters/metadata_dynamodb/item.h"

namespace tintype::dynamodb {

// DESIGN.md's two tables: an item per image and one per tag of it; an item per upload.
enum class Table { Images, Uploads };

// An index over some of a table's items: those that have its keys.
struct Index {
  const char* name;
  const char* partition;  // the attributes that are its keys
  const char* sort;
};

inline constexpr Index kTableItself = {"", "PK", "SK"};
inline constexpr Index kUserIndex = {"UserIndex", "GSI1PK", "GSI1SK"};
inline constexpr Index kAlbumIndex = {"AlbumIndex", "GSI2PK", "GSI2SK"};
inline constexpr Index kDueIndex = {"DueIndex", "DuePK", "DueSK"};  // of both tables

// Partition key and sort key.
struct Key {
  Table table = Table::Images;
  std::string partition = {};
  std::string sort = {};
};

// One write of one item, done or not by whether its condition holds for the item as it is (an absent item has no
// attributes). In expressions "#name" is the attribute called name, and needs no declaration.
struct Write {
  enum class Kind { Put, Update, Delete };
  Kind kind = Kind::Put;
  Key key = {};
  Item item = {};              // Put: all attributes besides the key
  std::string update = {};     // Update: "SET #a = :a REMOVE #b"
  std::string condition = {};  // empty: always
  Item values = {};            // ":a" and so on
};

}  // namespace tintype::dynamodb
