#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace tintype::testing_support {

enum class FaultTime {
  Before,  // the store never hears of the call: refused, connection lost on the way there
  After,   // the store has done the call and the caller does not know: answer lost
};

// What the fault-injecting wrappers share: hooks before and after each operation of a port, and a count of its calls.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
template <typename Operation, std::size_t kOperations>
class FaultPoints {
 public:
  // Gets what the call is about: a key, an id, a prefix, a time, "" for a check. An Error is returned in place of the
  // call's result. It may block, to hold the call for as long as a test likes.
  using Hook = std::function<std::optional<Error>(std::string_view subject)>;

  // `hook` runs in every such call from now on; an empty one ends that.
  void set_hook(Operation operation, FaultTime time, Hook hook) {
    const std::lock_guard lock(mutex_);
    slot(operation, time) = std::move(hook);
  }

  // The next `calls` such calls fail, those after them pass. Replaces a hook.
  void fail_next(Operation operation, FaultTime time, int calls = 1, ErrorCode code = ErrorCode::StoreUnavailable) {
    set_hook(operation, time, [left = std::make_shared<std::atomic<int>>(calls), code](std::string_view subject) {
      std::optional<Error> error;  // the counter is shared by the copies of the hook that run at one time
      if (left->fetch_sub(1) > 0) error = Error{code, "injected fault", std::string(subject)};
      return error;
    });
  }

  // How often the operation was called, whatever came of it.
  std::size_t calls(Operation operation) const {
    const std::lock_guard lock(mutex_);
    return calls_[static_cast<std::size_t>(operation)];
  }

 protected:
  FaultPoints() = default;
  ~FaultPoints() = default;

  template <typename Call>
  std::invoke_result_t<Call> around(Operation operation, std::string_view subject, const Call& call) {
    {
      const std::lock_guard lock(mutex_);
      ++calls_[static_cast<std::size_t>(operation)];
    }
    if (auto error = run_hook(operation, FaultTime::Before, subject)) return fail(std::move(*error));
    auto result = call();
    if (auto error = run_hook(operation, FaultTime::After, subject)) return fail(std::move(*error));
    return result;
  }

 private:
  Hook& slot(Operation operation, FaultTime time) {
    return hooks_[static_cast<std::size_t>(operation) + (time == FaultTime::After ? kOperations : 0)];
  }

  std::optional<Error> run_hook(Operation operation, FaultTime time, std::string_view subject) {
    Hook hook;
    {
      const std::lock_guard lock(mutex_);
      hook = slot(operation, time);
    }
    return hook ? hook(subject) : std::nullopt;
  }

  mutable std::mutex mutex_;
  std::array<Hook, 2 * kOperations> hooks_;       // guarded by mutex_
  std::array<std::size_t, kOperations> calls_{};  // guarded by mutex_
};

}  // namespace tintype::testing_support
