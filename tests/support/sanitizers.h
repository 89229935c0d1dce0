#pragma once

namespace tintype::testing_support {

// Sanitizers take memory and address space of their own, and plenty of both.
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace tintype::testing_support
