#pragma once

#include <tl/expected.hpp>

#include "base/error.h"

namespace tintype {

// A value, or why there is none. A class, not an alias, so that a dropped Result is a compiler error.
// `and_then` yields the base class; house style is the early return anyway.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

// `return fail(ErrorCode::NotFound, "no such image");`
inline tl::unexpected<Error> fail(ErrorCode code, std::string public_message, std::string detail = {}) {
  return tl::unexpected<Error>(Error{code, std::move(public_message), std::move(detail), {}});
}
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace tintype
