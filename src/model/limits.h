// What an upload's text may hold, checked by model/validation.h. Lengths are in Unicode code points.
#pragma once

#include <cstddef>

namespace tintype {

inline constexpr std::size_t kMaxTitle = 200;
inline constexpr std::size_t kMaxDescription = 2000;
inline constexpr std::size_t kMaxAltText = 500;
inline constexpr std::size_t kMaxAlbumId = 128;  // bytes
inline constexpr std::size_t kMaxFilename = 255;
inline constexpr std::size_t kMaxTags = 20;
inline constexpr std::size_t kMaxTag = 50;

}  // namespace tintype
