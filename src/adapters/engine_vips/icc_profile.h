// What must be known of an ICC profile before a colour engine is started for it (ICC.1:2022; also version 2 profiles).
// The bytes are hostile: everything outside their bounds counts as not there.
#pragma once

#include <cstddef>
#include <span>

namespace tintype {

// How many colour bands the profile's device side has: 1 gray, 3 RGB, 4 CMYK; 0 if it is none of these or not a
// profile.
int icc_profile_bands(std::span<const std::byte> profile);

// True if converting from this profile to sRGB (IEC 61966-2-1) would change nothing that can be seen: an RGB matrix
// profile with sRGB's primaries (0.002 in XYZ) and tone curves (0.01 of full scale, as encoded values). Nearly every
// camera and browser writes such a profile, and the conversion skipped is a third of the time of a render. Decided by
// content, because there are dozens of sRGB profiles, and profiles called sRGB that are not.
bool is_srgb_profile(std::span<const std::byte> profile);

}  // namespace tintype
