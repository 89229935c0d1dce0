#pragma once

#include <string>
#include <vector>

#include "service/diagnosis.h"

namespace tintype {

// What a diagnosis has found, for people: a table that grows as the checks are done, and below it what to do.
class DiagnosisTable {
 public:
  // Its columns are as wide as the names of all checks.
  explicit DiagnosisTable(const std::vector<CheckArea>& areas);

  // All end in a newline.
  std::string heading() const;
  std::string line(const CheckReport& report) const;
  // A line for each check that was not Ok, and one that counts; nothing to do gives the count alone.
  std::string advice(const DiagnosisReport& report) const;

 private:
  std::string row(const std::string& area, const std::string& check, const std::string& state,
                  const std::string& detail) const;

  std::size_t area_width_;
  std::size_t check_width_;
};

// The same for programs: an array of objects, with a newline.
std::string as_json(const DiagnosisReport& report);

}  // namespace tintype
