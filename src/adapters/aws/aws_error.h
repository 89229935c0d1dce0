#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "adapters/aws/fields.h"
#include "base/error.h"

namespace tintype::aws {

// Why a call has not given what was asked for, when all attempts were over.
struct AwsError {
  int status = 0;            // HTTP; 0 if there is no answer, and then `no_answer` says why
  std::string code = {};     // of the service: "NoSuchKey", "ConditionalCheckFailedException"; empty for HEAD
  std::string message = {};  // of the service
  std::string request_id = {};
  std::string body = {};  // of the answer, whole: for what a code does not tell (CancellationReasons)
  Error no_answer = {};
  // One of the attempts may have been executed: its answer was lost. "Exists already" then may mean this very call:
  // look.
  bool may_have_happened = false;
  int attempts = 1;
};

template <typename T>
using AwsResult = tl::expected<T, AwsError>;

// True for codes and statuses by which a service says "too much at once".
bool is_throttling(int status, std::string_view code);

// The only place where a service's error becomes one of ours, for all that an adapter does not know better:
//   no answer                      its own: Overloaded, DeadlineExceeded, StoreUnavailable
//   404 (NoSuchKey, or no code)    NotFound
//   412, ConditionalCheckFailed…   VersionMismatch
//   throttled, 5xx, 401, 403, and what is missing besides a key (bucket, table, queue): StoreUnavailable
//   any other 4xx                  Internal: the request was wrong
// `action` begins the detail: "put images/1.webp".
Error to_error(const AwsError& error, std::string_view action);

// What a service has said, read back from the detail that to_error wrote: for what is told to people, and not for what
// a program decides.
struct Refusal {
  int status = 0;
  std::string code = {};  // empty for HEAD
};
// nullopt if there was no answer.
std::optional<Refusal> refusal_in(const Error& error);

}  // namespace tintype::aws
