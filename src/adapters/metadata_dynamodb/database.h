#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/aws/json_service.h"
#include "adapters/metadata_dynamodb/write.h"
#include "base/result.h"

namespace tintype::dynamodb {

// A range of a table's or an index's partition.
struct Query {
  Table table = Table::Images;
  Index index = kTableItself;    // which is read consistently; the others may lag behind it
  std::string partition = {};    // of the index, or of the table
  std::string sort_prefix = {};  // only sort keys that begin so
  std::string sort_up_to = {};   // only sort keys that are not greater
  std::string sort_after = {};   // only sort keys that are greater; at most one of these three
  bool forward = true;           // in the order of the sort key
  int limit = 0;                 // items; 0: as many as one answer holds
  Item start_after = {};         // the key, and the index's, of the item before the first; empty: from the start
};

struct Page {
  std::vector<Item> items;
  Item last_key;  // to go on after; empty on the last page
};

enum class Written {
  Done,
  Refused,                 // the condition does not hold
  RefusedAfterLostAnswer,  // the same; but this very write may be the reason, whose first answer was lost
};

// The operations of DynamoDB that the adapter needs (Amazon DynamoDB API Reference, 2012-08-10).
//
// A condition that does not hold is an answer. Everything else that goes wrong is an Error: StoreUnavailable,
// DeadlineExceeded, Overloaded, or Internal for a request that was wrong.
// A write whose answer is lost is sent again, and may then be refused because of itself: callers look.
//
// Thread safety: all methods may be called concurrently.
class Database {
 public:
  struct Options {
    std::string table_prefix = {};
    bool transactions = true;
    bool announce_events = false;  // whether new events are to be announced (EventLog::unannounced)
    aws::RetryPolicy retry = {};   // of transactions that were cancelled by others
  };
  // `client` is one for "dynamodb" and must outlive it.
  Database(aws::AwsClient& client, Options options);

  bool has_transactions() const { return options_.transactions; }
  bool announces_events() const { return options_.announce_events; }
  std::string name_of(Table table) const;

  // Consistent reads.
  Result<std::optional<Item>> get(const Key& key, Deadline deadline);
  // Those of them that are there, in no order.
  Result<std::vector<Item>> get_all(std::span<const Key> keys, Deadline deadline);

  Result<Page> query(const Query& query, Deadline deadline);
  // All items of the table in an order of its own, `limit` of them looked at, and given if they have the attribute.
  Result<Page> scan(Table table, std::string_view attribute, int limit, const Item& start_after, Deadline deadline);

  Result<Written> write_or_tell(const Write& write, Deadline deadline);
  // The same, for callers to whom it is one whether this write was done or had been. False: the condition does not
  // hold.
  Result<bool> write(const Write& write, Deadline deadline);
  // All of them or none: the number of the first whose condition does not hold, or nullopt if all were done. Of two
  // calls that touch one item at one time, one may have to come again, which it does by itself. Only with transactions;
  // at most 100 writes.
  Result<std::optional<std::size_t>> write_together(std::span<const Write> writes, Deadline deadline);

  // An operation on tables themselves, by its name.
  aws::AwsResult<boost::json::object> call(std::string_view operation, const boost::json::object& input,
                                           Deadline deadline) {
    return service_.call(operation, input, deadline);
  }

 private:
  Result<void> get_batch(std::span<const Key> keys, std::vector<Item>& found, Deadline deadline);
  boost::json::object as_json(const Write& write) const;

  aws::JsonService service_;
  const Options options_;
  aws::RetryBudget budget_;
};

// The attributes of a key.
Item key_item(const Key& key);

}  // namespace tintype::dynamodb
