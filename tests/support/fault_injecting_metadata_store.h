#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "ports/metadata_store.h"
#include "tests/support/fault_injecting_blob_store.h"  // FaultTime

namespace tintype::testing_support {

enum class MetadataOperation { Insert, Find, List, UpdateText, BeginDeletion, PendingDeletions, FinishDeletion, Check };

// Forwards to another MetadataStore, and makes chosen calls fail, wait, or meet something that happens just then.
// FaultTime::After breaks the port's promise that a failed write has not happened, as a crash or a lost answer would.
//
// Thread safety: all methods may be called concurrently, also while hooks are being set.
class FaultInjectingMetadataStore final : public MetadataStore {
 public:
  // Gets the image id (the user of a list, "" where there is neither). An Error is returned in place of the call's
  // result. It may block, to hold the call for as long as a test likes.
  using Hook = std::function<std::optional<Error>(std::string_view subject)>;

  explicit FaultInjectingMetadataStore(MetadataStore& store) : store_(store) {}

  // `hook` runs in every such call from now on; an empty one ends that.
  void set_hook(MetadataOperation operation, FaultTime time, Hook hook) {
    const std::lock_guard lock(mutex_);
    slot(operation, time) = std::move(hook);
  }

  // The next `calls` such calls fail, those after them pass. Replaces a hook.
  void fail_next(MetadataOperation operation, FaultTime time, int calls = 1,
                 ErrorCode code = ErrorCode::StoreUnavailable) {
    set_hook(operation, time, [left = std::make_shared<std::atomic<int>>(calls), code](std::string_view subject) {
      std::optional<Error> error;  // the counter is shared by the copies of the hook that run at one time
      if (left->fetch_sub(1) > 0) error = Error{code, "injected fault", std::string(subject)};
      return error;
    });
  }

  // How often the operation was called, whatever came of it.
  std::size_t calls(MetadataOperation operation) const {
    const std::lock_guard lock(mutex_);
    return calls_[static_cast<std::size_t>(operation)];
  }

  Result<void> insert(const ImageRecord& record, Deadline deadline) override {
    return around(MetadataOperation::Insert, record.image_id.text(), [&] { return store_.insert(record, deadline); });
  }
  Result<ImageRecord> find(const ImageId& id, Deadline deadline) override {
    return around(MetadataOperation::Find, id.text(), [&] { return store_.find(id, deadline); });
  }
  Result<ListPage> list(const ListQuery& query, Deadline deadline) override {
    return around(MetadataOperation::List, query.user.text(), [&] { return store_.list(query, deadline); });
  }
  Result<ImageRecord> update_text(const ImageId& id, const ImageText& text,
                                  std::optional<std::int64_t> expected_version, UnixTime updated_at,
                                  Deadline deadline) override {
    return around(MetadataOperation::UpdateText, id.text(),
                  [&] { return store_.update_text(id, text, expected_version, updated_at, deadline); });
  }
  Result<Deletion> begin_deletion(const ImageId& id, UnixTime now, Deadline deadline) override {
    return around(MetadataOperation::BeginDeletion, id.text(),
                  [&] { return store_.begin_deletion(id, now, deadline); });
  }
  Result<std::vector<Deletion>> pending_deletions(int limit, std::optional<ImageId> after, Deadline deadline) override {
    return around(MetadataOperation::PendingDeletions, {},
                  [&] { return store_.pending_deletions(limit, after, deadline); });
  }
  Result<void> finish_deletion(const ImageId& id, Deadline deadline) override {
    return around(MetadataOperation::FinishDeletion, id.text(), [&] { return store_.finish_deletion(id, deadline); });
  }
  Result<void> check(Deadline deadline) override {
    return around(MetadataOperation::Check, {}, [&] { return store_.check(deadline); });
  }

 private:
  static constexpr std::size_t kOperations = 8;

  Hook& slot(MetadataOperation operation, FaultTime time) {
    return hooks_[static_cast<std::size_t>(operation) + (time == FaultTime::After ? kOperations : 0)];
  }

  std::optional<Error> run_hook(MetadataOperation operation, FaultTime time, std::string_view subject) {
    Hook hook;
    {
      const std::lock_guard lock(mutex_);
      hook = slot(operation, time);
    }
    return hook ? hook(subject) : std::nullopt;
  }

  template <typename Call>
  std::invoke_result_t<Call> around(MetadataOperation operation, std::string_view subject, const Call& call) {
    {
      const std::lock_guard lock(mutex_);
      ++calls_[static_cast<std::size_t>(operation)];
    }
    if (auto error = run_hook(operation, FaultTime::Before, subject)) return fail(std::move(*error));
    auto result = call();
    if (auto error = run_hook(operation, FaultTime::After, subject)) return fail(std::move(*error));
    return result;
  }

  MetadataStore& store_;
  mutable std::mutex mutex_;
  std::array<Hook, 2 * kOperations> hooks_;       // guarded by mutex_
  std::array<std::size_t, kOperations> calls_{};  // guarded by mutex_
};

}  // namespace tintype::testing_support
