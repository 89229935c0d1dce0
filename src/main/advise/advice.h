#pragma once

#include <string>
#include <vector>

#include "main/advise/server_numbers.h"

namespace tintype {

// One optimization: what would make it worth while, what was measured, and what to do.
struct Advice {
  std::string optimization;   // "async thumbnails"
  std::string trigger = {};   // "P95 of uploads above 1 s"
  std::string measured = {};  // "0.42 s"; "no uploads"
  bool triggered = false;
  bool on = false;
  std::string state = {};   // how it is in this server: "auto, inline at the moment"
  std::string change = {};  // the setting to change now; empty: none
};

// In the order of what is gained, as a rule: those with a trigger, then those that always pay.
std::vector<Advice> advise(const ServerNumbers& numbers);

// For people: a table, and below it what to change. Ends in a newline, as does the next.
std::string advice_table(const std::vector<Advice>& advice);
// For programs: an array of objects.
std::string advice_json(const std::vector<Advice>& advice);

}  // namespace tintype
