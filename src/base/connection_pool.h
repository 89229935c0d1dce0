#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"

namespace tintype {

// Lends at most `capacity` connections, opened when first wanted and kept for the next borrower.
//
// Thread safety: borrow and the return of a lease may happen on any thread. The pool must outlive its leases.
template <typename Connection>
class ConnectionPool {
 public:
  using Open = std::function<Result<std::unique_ptr<Connection>>()>;

  ConnectionPool(std::size_t capacity, Open open) : capacity_(capacity), open_(std::move(open)) {}

  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    Connection* operator->() const { return connection_.get(); }
    Connection& operator*() const { return *connection_; }
    // Closes the connection instead of giving it back: it is broken.
    void discard() {
      connection_.reset();
      pool_->forget();
    }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Waits until `deadline` for a connection. Errors: those of `open`; Overloaded when all stay lent out.
  Result<Lease> borrow(Deadline deadline) {
    {
      std::unique_lock lock(mutex_);
      const auto ready = [this] { return !idle_.empty() || open_count_ < capacity_; };
      if (deadline.is_never()) {
        returned_.wait(lock, ready);
      } else if (!returned_.wait_until(lock, deadline.time_point(), ready)) {
        return fail(ErrorCode::Overloaded, "the store is busy; try again", "no free connection");
      }
      if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return Lease(*this, std::move(connection));
      }
      ++open_count_;
    }
    auto opened = open_();
    if (!opened) {
      forget();
      return fail(opened.error());
    }
    return Lease(*this, std::move(*opened));
  }

 private:
  void give_back(std::unique_ptr<Connection> connection) {
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(connection));
    }
    returned_.notify_one();
  }
  void forget() {
    {
      const std::lock_guard lock(mutex_);
      --open_count_;
    }
    returned_.notify_one();
  }

  const std::size_t capacity_;
  const Open open_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by mutex_
  std::size_t open_count_ = 0;                     // guarded by mutex_: idle and lent out
};

}  // namespace tintype
