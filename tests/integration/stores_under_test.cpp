#include "tests/integration/stores_under_test.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "adapters/aws/json_service.h"
#include "adapters/sqlite/connection.h"
#include "base/crypto/sha256.h"
#include "base/text.h"
#include "tests/contract/aws_test_service.h"
#include "tests/integration/program_run.h"

namespace tintype::testing_support {
namespace {

const char* s3() {
  return std::getenv("S3_TEST_ENDPOINT");
}
const char* dynamodb() {
  return std::getenv("DYNAMODB_TEST_ENDPOINT");
}
const char* sqs() {
  return std::getenv("SQS_TEST_ENDPOINT");
}

std::string value_or_empty(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string name_for(const std::filesystem::path& data_dir) {
  return "tintype-test-" + hex(sha256(as_bytes(data_dir.string()))).substr(0, 16);
}

// Past a proxy, if there is one.
std::string direct(const char* variable, const char* endpoint) {
  const std::string value = value_or_empty(variable);
  return value.empty() ? endpoint : value;
}

std::map<std::string, std::string> variables_for(const std::string& name) {
  std::map<std::string, std::string> variables;
  if (stores_are_embedded()) return variables;
  for (const char* key : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) variables.emplace(key, value_or_empty(key));
  if (s3() != nullptr) {
    variables.emplace("TINTYPE_BLOBS", "s3");
    variables.emplace("TINTYPE_S3_ENDPOINT", s3());
    variables.emplace("TINTYPE_S3_BUCKET", name);
  }
  if (dynamodb() != nullptr) {
    variables.emplace("TINTYPE_METADATA", "dynamodb");
    variables.emplace("TINTYPE_DYNAMODB_ENDPOINT", dynamodb());
    variables.emplace("TINTYPE_DYNAMODB_TABLE_PREFIX", name + '-');
    variables.emplace("TINTYPE_DYNAMODB_TRANSACTIONS", value_or_empty("DYNAMODB_TEST_TRANSACTIONS"));
  }
  if (sqs() != nullptr) {
    variables.emplace("TINTYPE_QUEUE", "sqs");
    variables.emplace("TINTYPE_SQS_ENDPOINT", sqs());
    variables.emplace("TINTYPE_SQS_QUEUE", name);
  }
  return variables;
}

void purge(const std::string& queue) {
  const char* const past_the_proxy = "SQS_TEST_DIRECT_ENDPOINT";
  AwsTestService service("sqs", std::getenv(past_the_proxy) != nullptr ? past_the_proxy : "SQS_TEST_ENDPOINT");
  aws::JsonService json(service.client(), "AmazonSQS");
  const auto deadline = Deadline::after(std::chrono::seconds(30));
  const auto url = json.call("GetQueueUrl", {{"QueueName", queue}}, deadline);
  if (url && json.call("PurgeQueue", {{"QueueUrl", url->at("QueueUrl")}}, deadline)) return;
  std::fprintf(stderr, "the queue %s cannot be purged\n", queue.c_str());
  std::abort();
}

void make(const std::string& name, const std::map<std::string, std::string>& variables) {
  static std::mutex mutex;
  static std::set<std::string> made;  // guarded by mutex
  const std::lock_guard lock(mutex);
  if (variables.empty() || !made.insert(name).second) return;
  const std::string directory = std::filesystem::temp_directory_path() / name;
  ChildProcess init({program(), "init", "--data-dir", directory}, variables);
  const auto ended = init.wait(std::chrono::seconds(60));
  std::filesystem::remove_all(directory);
  if (ended && ended->code == 0) return;
  init.signal(SIGKILL);
  init.wait_for_end_of_output();
  std::fprintf(stderr, "the stores cannot be made:\n%s", init.standard_error().c_str());
  std::abort();
}

}  // namespace

bool connections_are_bad() {
  return std::getenv("S3_TEST_FAULTS") != nullptr || std::getenv("DYNAMODB_TEST_FAULTS") != nullptr ||
         std::getenv("SQS_TEST_FAULTS") != nullptr;
}

bool stores_are_embedded() {
  return s3() == nullptr && dynamodb() == nullptr && sqs() == nullptr;
}

std::map<std::string, std::string> stores_under_test(const std::filesystem::path& data_dir) {
  make(name_for(data_dir), stores_without_faults(data_dir));
  return variables_for(name_for(data_dir));
}

std::map<std::string, std::string> stores_without_faults(const std::filesystem::path& data_dir) {
  auto variables = variables_for(name_for(data_dir));
  if (s3() != nullptr) variables["TINTYPE_S3_ENDPOINT"] = direct("S3_TEST_DIRECT_ENDPOINT", s3());
  if (dynamodb() != nullptr) {
    variables["TINTYPE_DYNAMODB_ENDPOINT"] = direct("DYNAMODB_TEST_DIRECT_ENDPOINT", dynamodb());
  }
  if (sqs() != nullptr) variables["TINTYPE_SQS_ENDPOINT"] = direct("SQS_TEST_DIRECT_ENDPOINT", sqs());
  return variables;
}

void empty_the_queue_of(const std::filesystem::path& data_dir) {
  if (sqs() != nullptr) return purge(name_for(data_dir));
  const auto database = sqlite::Connection::open_read_write(data_dir / "tintype.db", std::chrono::seconds(5));
  if (!database || !(*database)->execute("DELETE FROM jobs")) std::abort();
}

}  // namespace tintype::testing_support
