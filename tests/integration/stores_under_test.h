#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace tintype::testing_support {

// Which stores a service with this data directory uses, as variables for its environment. None: files and SQLite in the
// directory. Where S3_TEST_ENDPOINT, DYNAMODB_TEST_ENDPOINT and SQS_TEST_ENDPOINT name engines (tests/engines/with): a
// bucket, tables and a queue there, whose names come from the directory's, and which the first call makes with
// `tintype init`.
std::map<std::string, std::string> stores_under_test(const std::filesystem::path& data_dir);

// The same stores, past the proxies that break connections (tests/engines/with), if there are any.
std::map<std::string, std::string> stores_without_faults(const std::filesystem::path& data_dir);

// Takes all jobs out of their queue, as if it had lost them. No server may be using it.
void empty_the_queue_of(const std::filesystem::path& data_dir);

// Whether there are such proxies.
bool connections_are_bad();

// Whether the stores are those in the data directory.
bool stores_are_embedded();

}  // namespace tintype::testing_support
