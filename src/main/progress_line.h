#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tintype {

// How far a command is: a line on stderr that is written over again and again, and erased at the end; nothing if stderr
// is no terminal. One thread.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `of`: about how many there will be; 0: nobody knows.
  void show(std::string_view stage, std::int64_t done, std::int64_t of);

 private:
  const bool is_terminal_;
  bool shown_ = false;
  std::string stage_;
  std::chrono::steady_clock::time_point begun_;  // the stage
};

}  // namespace tintype
