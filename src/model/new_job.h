#pragma once

#include <string>

namespace tintype {

// Work to be done later, by any process.
struct NewJob {
  std::string key;   // names the work, up to 500 bytes: a job whose key is in the queue already is not wanted twice
  std::string body;  // what to do, up to 200 KB; UTF-8 without control characters other than those of JSON

  friend bool operator==(const NewJob&, const NewJob&) = default;
};

}  // namespace tintype
