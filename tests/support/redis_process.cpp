#include "tests/support/redis_process.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/unique_fd.h"
#include "tests/support/process_tree.h"

namespace tintype::testing_support {
namespace {

constexpr const char* kProgram = "/usr/bin/redis-server";

UniqueFd loopback_socket(sockaddr_in& address, int port) {
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) std::abort();
  address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return socket;
}

int free_port() {
  sockaddr_in address;
  const UniqueFd socket = loopback_socket(address, 0);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket.get(), any, size) != 0 || ::getsockname(socket.get(), any, &size) != 0) std::abort();
  return ntohs(address.sin_port);
}

bool accepts(int port) {
  sockaddr_in address;
  const UniqueFd socket = loopback_socket(address, port);
  return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

pid_t spawn(std::vector<std::string> arguments, const std::filesystem::path& output) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? pid : -1;
}

// A broken fixture is no result of a test: the program ends.
void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "redis fixture: %s failed\n", what);
  std::abort();
}

void run(std::vector<std::string> arguments, const std::filesystem::path& directory) {
  int status = -1;
  const pid_t pid = spawn(std::move(arguments), directory / "openssl.log");
  require(pid > 0 && ::waitpid(pid, &status, 0) == pid && status == 0, "openssl");
}

}  // namespace

TestCertificate::TestCertificate(const std::filesystem::path& directory)
    : ca_file(directory / "ca.crt"), certificate_file(directory / "redis.crt"), key_file(directory / "redis.key") {
  const std::string ca_key = directory / "ca.key";
  const std::string request = directory / "redis.csr";
  const std::string extensions = directory / "redis.ext";
  std::ofstream(extensions) << "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
  std::vector<std::string> authority = {"openssl", "req", "-x509", "-keyout", ca_key, "-out", ca_file, "-days", "2"};
  std::vector<std::string> server = {"openssl", "req", "-keyout", key_file, "-out", request};
  for (auto* const command : {&authority, &server})
    command->insert(command->end(), {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"});
  authority.insert(authority.end(), {"-subj", "/CN=tintype test"});
  server.insert(server.end(), {"-subj", "/CN=redis"});
  run(authority, directory);
  run(server, directory);
  run({"openssl", "x509", "-req", "-in", request, "-CA", ca_file, "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
       "-extfile", extensions, "-out", certificate_file},
      directory);
}

RedisProcess::RedisProcess(Options options) : options_(std::move(options)), port_(free_port()) {
  if (options_.tls) {
    const TestCertificate certificate(directory());
    ca_file_ = certificate.ca_file;
    tls_arguments_ = {"--tls-cert-file",    certificate.certificate_file,
                      "--tls-key-file",     certificate.key_file,
                      "--tls-ca-cert-file", ca_file_,
                      "--tls-auth-clients", "no"};
  }
  start();
}

RedisProcess::~RedisProcess() {
  if (pid_ > 0) kill_9();
}

void RedisProcess::start() {
  pid_ = spawn(command(), directory() / "redis.log");
  require(pid_ > 0 && eventually([this] { return accepts(port_); }), "starting redis-server");
}

void RedisProcess::kill_9() {
  ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
}

void RedisProcess::hang() const {
  ::kill(pid_, SIGSTOP);
  require(eventually([this] { return status_field(pid_, "State").starts_with("T"); }), "SIGSTOP");
}

void RedisProcess::resume() const {
  ::kill(pid_, SIGCONT);
}

std::string RedisProcess::credentials() const {
  return options_.password.empty() ? "" : options_.user + ':' + options_.password + '@';
}

std::string RedisProcess::url() const {
  return (options_.tls ? "rediss://" : "redis://") + credentials() + "127.0.0.1:" + std::to_string(port_);
}

std::vector<std::string> RedisProcess::command() const {
  // A test program that aborts must not leave its servers behind; setpriv is part of every Debian (util-linux).
  std::vector<std::string> arguments = {"/usr/bin/setpriv",
                                        "--pdeathsig",
                                        "KILL",
                                        kProgram,
                                        "--bind",
                                        "127.0.0.1",
                                        "--save",
                                        "",
                                        "--appendonly",
                                        "no",
                                        "--dir",
                                        directory(),
                                        "--enable-debug-command",
                                        "yes"};
  const auto add = [&arguments](std::vector<std::string> more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
  };
  add({options_.tls ? "--tls-port" : "--port", std::to_string(port_)});
  if (options_.tls) add({"--port", "0"});
  add(tls_arguments_);
  if (options_.unix_socket) add({"--unixsocket", socket_file(), "--unixsocketperm", "600"});
  if (!options_.user.empty()) {
    add({"--user", options_.user, "on", '>' + options_.password});
    add(options_.rules);
    add({"--user", "default", "off"});
  } else if (!options_.password.empty()) {
    add({"--requirepass", options_.password});
  }
  if (options_.cluster) add({"--cluster-enabled", "yes", "--cluster-port", std::to_string(free_port())});
  add(options_.more);
  return arguments;
}

}  // namespace tintype::testing_support
