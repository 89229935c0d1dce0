#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace tintype::testing_support {

// Which stores a service with this data directory uses, as variables for its environment. None: files and SQLite in the
// directory. Where S3_TEST_ENDPOINT and DYNAMODB_TEST_ENDPOINT name engines (tests/engines/with): a bucket and tables
// there, whose names come from the directory's, and which the first call makes with `tintype init`.
std::map<std::string, std::string> stores_under_test(const std::filesystem::path& data_dir);

// The same stores, past the proxies that break connections (tests/engines/with), if there are any.
std::map<std::string, std::string> stores_without_faults(const std::filesystem::path& data_dir);

// Whether there are such proxies.
bool connections_are_bad();

// Whether the stores are those in the data directory.
bool stores_are_embedded();

}  // namespace tintype::testing_support
