#pragma once

#include <string_view>

#include "base/error.h"
#include "http/response.h"

namespace tintype::http {

// The only place where an error becomes a status: RFC 9457 problem documents with `code` and `requestId`
// (docs/openapi.yaml). Sets Retry-After on 503 and 429 and WWW-Authenticate (RFC 6750 section 3) on 401.
Response error_response(const Error& error, std::string_view request_id);

// Problems of HTTP itself, which no use case knows.
Response no_such_route(std::string_view request_id);
Response method_not_allowed(std::string_view allow, std::string_view request_id);
// `code` is a literal such as "BAD_REQUEST".
Response problem(int status, std::string_view code, std::string_view message, std::string_view request_id);

int status_of(ErrorCode code);

}  // namespace tintype::http
