#pragma once

#include "adapters/sqlite/connection.h"

namespace tintype::sqlite {

// A write transaction that is rolled back unless committed.
class Transaction {
 public:
  // Takes the write lock at once (BEGIN IMMEDIATE): waiting for it later, with a snapshot held, would fail with
  // SQLITE_BUSY_SNAPSHOT. Waits up to the connection's busy timeout for another process; then StoreUnavailable.
  static Result<Transaction> begin(Connection& connection) {
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) return fail(begun.error());
    return Transaction(connection);
  }
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    if (connection_ == nullptr || !connection_->in_transaction()) return;
    // Can only fail when there is nothing to roll back.
    static_cast<void>(connection_->execute("ROLLBACK"));
  }

  // On failure nothing of it has happened: the destructor rolls back what SQLite has not.
  Result<void> commit() { return connection_->execute("COMMIT"); }

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace tintype::sqlite
