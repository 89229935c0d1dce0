// A service that dies, or stands still, at a named step (src/base/crash_point.h), and what must hold afterwards.
#pragma once

#include <gtest/gtest.h>

#include <future>

#include "tests/integration/program_run.h"
#include "tests/integration/shared_server.h"

namespace tintype::testing_support {

// The stores are files and SQLite, or on the engines that the environment names
// (tests/integration/stores_under_test.h).
class CrashFixture : public testing::Test {
 protected:
  static constexpr const char* kToken = "the-token";
  static constexpr std::chrono::milliseconds kLease{500};

  // A server of the program with crash points that does `plan` ("upload.claimed", "blob.published:2",
  // "upload.stored:stop"), and one of the real program; on the same stores.
  ServerProcess start_crashing(const std::string& plan, std::chrono::milliseconds lease = kLease);
  ServerProcess start(const std::vector<std::string>& more_flags = {});
  // For all servers from now on.
  void use_flags(std::vector<std::string> flags) { flags_ = std::move(flags); }
  // Whatever it holds is lost.
  void empty_the_queue() const;
  // `tintype sweep`, once all leases have run out, on the stores of no server; with a plan, of the program with crash
  // points.
  ProgramRun sweep(const std::string& plan = {});

  static ApiClient client(const ServerProcess& server, const std::string& user = "ann") {
    return {server.url(), ServerProcess::token(user)};
  }
  static std::string picture() { return as_file(make_jpeg({.width = 240, .height = 180})); }
  static std::string broken_picture() { return as_file(truncated(make_jpeg({.width = 240, .height = 180}), 60)); }
  // Sends the request until the server has died of it; it may answer 503 before, when its connections are bad.
  static void expect_cut_off(ServerProcess& server, const std::function<HttpAnswer()>& request);
  // Sends the request until it is answered with something else than 503 and 409.
  static HttpAnswer until_answered(const std::function<HttpAnswer()>& request);
  static HttpAnswer upload(const ApiClient& api, const std::string& file = picture());
  // Again with the same token, until the answer is final; as a client does it that wants its picture stored.
  static HttpAnswer upload_until_answered(const ApiClient& api, const std::string& file = picture());
  static std::vector<HttpAnswer> upload_from_four_until_answered(const ApiClient& api);
  static std::vector<std::string> image_ids(const ApiClient& api);

  // What is promised: nothing stored that no record points at, nothing missing, every byte as it was stored, and Ann
  // has just these images, whose pictures are those that any upload of picture() gives. To be called when no server
  // runs.
  void expect_sound(const std::vector<std::string>& ids_of_ann);
  // The same for one image or none, if nobody was told which of the two it is.
  void expect_sound_with_at_most_one_image();

 private:
  std::vector<std::string> flags(std::chrono::milliseconds lease) const;
  ProgramRun run(const std::string& program, std::vector<std::string> words, const std::string& plan = {}) const;
  std::map<std::string, std::string> environment_with(const std::string& plan) const;
  void expect_clean_stores();
  // Once it is not processing.
  static HttpAnswer record_of(const ApiClient& api, const std::string& id);
  static void expect_same_pictures(const ApiClient& ann, const std::string& id, const ApiClient& other,
                                   const HttpAnswer& uploaded);

  TempDirectory directory_;
  std::vector<std::string> flags_ = {"--thumbnails", "inline"};
  std::chrono::milliseconds longest_lease_ = kLease;
  bool without_faults_ = false;  // from when it is looked at what has become of the stores
  const std::filesystem::path data_dir_ = directory_.path() / "data";
};

// The answers agree: one upload was answered 201, all others are replays of it. The image's id.
std::string id_of_all(const std::vector<HttpAnswer>& answers);

}  // namespace tintype::testing_support
