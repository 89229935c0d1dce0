#pragma once

#include "adapters/metadata_dynamodb/database.h"

namespace tintype::dynamodb {

// Makes the two tables with their indexes, billed per request, and switches on DynamoDB's removal of forgotten claims
// and events; what is there already stays. Waits until both can be used. Errors: ValidationFailed for a table that has
// another shape, the detail says which; StoreUnavailable, DeadlineExceeded.
Result<void> create_tables(Database& database, Deadline deadline);

// Whether both tables are there, can be used, and have the keys and indexes that the adapter needs. Errors as above,
// and NotFound for one that is missing.
Result<void> check_tables(Database& database, Deadline deadline);

// Whether DynamoDB removes claims that everybody has forgotten. False also for an engine that cannot.
Result<bool> removes_old_claims(Database& database, Deadline deadline);

// A transaction that changes nothing: whether the engine has any. Errors: those of a Database; aws::refusal_in tells
// what the engine has said.
Result<void> try_transaction(Database& database, Deadline deadline);

}  // namespace tintype::dynamodb
