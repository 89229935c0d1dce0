#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.h"
#include "service/diagnosis.h"

namespace tintype {

// The data directory, which every installation has: uploads are spooled there, whatever the stores. Nothing of it is
// made or changed; files for a try have no name, or one of those that the service removes itself.
CheckArea data_dir_checks(const config::Settings& settings);

// Whether `directory` is there, is this user's to write, and holds what a service made of `parts` ("blobs",
// "tintype.db") has made there.
CheckOutcome check_directory(const std::filesystem::path& directory, const std::vector<std::string>& parts);

// What is wrong with running as `caller`, if the service runs as `user`; nullopt: nothing. Root can do anything, so
// what it can do says nothing, and what it makes the service may not open.
std::optional<CheckOutcome> judge_user(const std::string& path, unsigned caller, unsigned user);

// `available` and `total` bytes of a file system whose service takes uploads of up to `largest_upload` bytes.
CheckOutcome judge_space(std::uint64_t available, std::uint64_t total, std::uint64_t largest_upload);

}  // namespace tintype
