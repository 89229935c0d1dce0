#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "ports/blob_store.h"

namespace tintype::testing_support {

enum class BlobOperation { Put, Open, Remove, List, Check };

enum class FaultTime {
  Before,  // the store never hears of the call: refused, connection lost on the way there
  After,   // the store has done the call and the caller does not know: answer lost
};

// Forwards to another BlobStore, and makes chosen calls fail, wait, or meet something that happens just then.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
class FaultInjectingBlobStore final : public BlobStore {
 public:
  // Gets the key (the prefix of a list, "" of a check). An Error is returned in place of the call's result. It may
  // block, to hold the call for as long as a test likes.
  using Hook = std::function<std::optional<Error>(std::string_view key)>;

  explicit FaultInjectingBlobStore(BlobStore& store) : store_(store) {}

  // `hook` runs in every such call from now on; an empty one ends that.
  void set_hook(BlobOperation operation, FaultTime time, Hook hook) {
    const std::lock_guard lock(mutex_);
    slot(operation, time) = std::move(hook);
  }

  // The next `calls` such calls fail, those after them pass. Replaces a hook.
  void fail_next(BlobOperation operation, FaultTime time, int calls = 1, ErrorCode code = ErrorCode::StoreUnavailable) {
    set_hook(operation, time, [left = std::make_shared<std::atomic<int>>(calls), code](std::string_view key) {
      std::optional<Error> error;  // the counter is shared by the copies of the hook that run at one time
      if (left->fetch_sub(1) > 0) error = Error{code, "injected fault", std::string(key)};
      return error;
    });
  }

  // How often the operation was called, whatever came of it.
  std::size_t calls(BlobOperation operation) const {
    const std::lock_guard lock(mutex_);
    return calls_[static_cast<std::size_t>(operation)];
  }

  Result<void> put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                   Deadline deadline) override {
    return around(BlobOperation::Put, key, [&] { return store_.put(key, body, meta, deadline); });
  }
  Result<OpenBlob> open(std::string_view key, Deadline deadline) override {
    return around(BlobOperation::Open, key, [&] { return store_.open(key, deadline); });
  }
  Result<void> remove(std::string_view key, Deadline deadline) override {
    return around(BlobOperation::Remove, key, [&] { return store_.remove(key, deadline); });
  }
  Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                    Deadline deadline) override {
    return around(BlobOperation::List, prefix, [&] { return store_.list(prefix, visit, deadline); });
  }
  Result<void> check(Deadline deadline) override {
    return around(BlobOperation::Check, {}, [&] { return store_.check(deadline); });
  }

 private:
  static constexpr std::size_t kOperations = 5;

  Hook& slot(BlobOperation operation, FaultTime time) {
    return hooks_[static_cast<std::size_t>(operation) + (time == FaultTime::After ? kOperations : 0)];
  }

  std::optional<Error> run_hook(BlobOperation operation, FaultTime time, std::string_view key) {
    Hook hook;
    {
      const std::lock_guard lock(mutex_);
      hook = slot(operation, time);
    }
    return hook ? hook(key) : std::nullopt;
  }

  template <typename Call>
  std::invoke_result_t<Call> around(BlobOperation operation, std::string_view key, const Call& call) {
    {
      const std::lock_guard lock(mutex_);
      ++calls_[static_cast<std::size_t>(operation)];
    }
    if (auto error = run_hook(operation, FaultTime::Before, key)) return fail(std::move(*error));
    auto result = call();
    if (auto error = run_hook(operation, FaultTime::After, key)) return fail(std::move(*error));
    return result;
  }

  BlobStore& store_;
  mutable std::mutex mutex_;
  std::array<Hook, 2 * kOperations> hooks_;       // guarded by mutex_
  std::array<std::size_t, kOperations> calls_{};  // guarded by mutex_
};

}  // namespace tintype::testing_support
