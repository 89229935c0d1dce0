#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temp_directory.h"

namespace tintype::testing_support {

// A certificate of 127.0.0.1 and localhost and the authority that signed it, made by openssl(1).
struct TestCertificate {
  explicit TestCertificate(const std::filesystem::path& directory);
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
};

// A redis-server of the test's own on a free port of loopback, empty, and ended by pid when this dies. It answers when
// the constructor, start or resume returns.
class RedisProcess {
 public:
  struct Options {
    std::string password = {};
    std::string user = {};  // an ACL user with the password; the default user is switched off
    std::vector<std::string> rules = {"~*", "&*", "+@all"};  // what that user may
    bool tls = false;                                        // instead of plain TCP
    bool unix_socket = false;
    bool cluster = false;                // of this server alone, which has no slots yet
    std::vector<std::string> more = {};  // arguments of redis-server
  };
  RedisProcess() : RedisProcess(Options{}) {}
  explicit RedisProcess(Options options);
  ~RedisProcess();
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  int port() const { return port_; }
  // "redis://127.0.0.1:40123", with the user and password that it wants.
  std::string url() const;
  std::string unix_url() const { return "unix://" + credentials() + socket_file(); }
  const std::string& ca_file() const { return ca_file_; }
  const std::filesystem::path& directory() const { return directory_.path(); }

  void kill_9();
  // Again, on the same port and without what it knew.
  void start();
  void hang() const;  // SIGSTOP: connections are accepted, and nothing is answered
  void resume() const;

 private:
  std::vector<std::string> command() const;
  std::string credentials() const;
  std::string socket_file() const { return (directory_.path() / "redis.sock").string(); }

  const Options options_;
  const TempDirectory directory_;
  const int port_;
  std::vector<std::string> tls_arguments_;
  std::string ca_file_;
  pid_t pid_ = -1;
};

}  // namespace tintype::testing_support
