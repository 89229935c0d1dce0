#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"

namespace tintype {

enum class CheckState { Ok, Warning, Failed, NotChecked };

// "ok", "warning", "failed", "not checked".
const char* state_name(CheckState state);

struct CheckOutcome {
  CheckState state = CheckState::Ok;
  std::string detail = {};  // what was found, in one line
  std::string advice = {};  // what to do about it, in one line; empty if it is Ok or was not checked
};

CheckOutcome passed(std::string detail);
CheckOutcome warned(std::string detail, std::string advice);
CheckOutcome failed(std::string detail, std::string advice);
// With what the error says inside; one that ran out of time says so.
CheckOutcome failed(const Error& error, std::string advice);
// For a check that finds that there is nothing for it to look at.
CheckOutcome not_checked(std::string why);

// One thing about an installation that is right or wrong.
struct Check {
  std::string name;
  // Returns soon after the deadline. Called on a thread of its own, so what it uses must outlive a check that hangs.
  std::function<CheckOutcome(Deadline)> run;
  // Earlier checks, as "area/name", without which this one would say nothing new: it is left out if one of them has
  // failed or was left out itself.
  std::vector<std::string> needs = {};
  bool cleans_up = false;  // it is run also after an interruption
};

// The checks of one part of an installation, in their order.
struct CheckArea {
  std::string name;
  std::vector<Check> checks;
};

struct CheckReport {
  std::string area;
  std::string check;
  CheckOutcome outcome;
  std::chrono::milliseconds took{};
};

struct DiagnosisReport {
  std::vector<CheckReport> checks;  // one for each check, in their order
  // A check has not come back. Its thread still runs, with all that it uses: end the process by _exit(2).
  bool hangs = false;
  bool interrupted = false;

  int count(CheckState state) const;
};

struct DiagnosisOptions {
  std::chrono::milliseconds time{10'000};  // for each check
  // More, until a check that does not come back is given up: on a busy machine one is late without hanging.
  std::chrono::milliseconds patience{5'000};
};

// Runs all checks, one after the other, and tells `on_checked` of each. Once `wants_stop` is true, those that are left
// are not checked, but for those that clean up. A check that needs what is no earlier check is a bug and aborts.
DiagnosisReport diagnose(const std::vector<CheckArea>& areas, const DiagnosisOptions& options,
                         const std::function<void(const CheckReport&)>& on_checked,
                         const std::function<bool()>& wants_stop);

}  // namespace tintype
