#include "tests/support/scripted_http_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/text.h"

namespace tintype::testing_support {
namespace {

// Reads until `text` holds `length` bytes; false if the client is gone first.
bool read_up_to(int descriptor, std::string& text, std::size_t length) {
  char buffer[16384];
  while (text.size() < length) {
    const ssize_t got = ::recv(descriptor, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return true;
}

// One request from the connection; what came behind it stays in `read`.
std::optional<ReceivedRequest> read_request(int descriptor, std::string& read) {
  std::size_t end = 0;
  while ((end = read.find("\r\n\r\n")) == std::string::npos) {
    if (!read_up_to(descriptor, read, read.size() + 1)) return std::nullopt;
  }
  ReceivedRequest request;
  const std::string head = read.substr(0, end + 2);
  read.erase(0, end + 4);
  const std::size_t first = head.find("\r\n");
  const std::string line = head.substr(0, first);
  request.method = line.substr(0, line.find(' '));
  request.target = line.substr(request.method.size() + 1, line.rfind(' ') - request.method.size() - 1);
  for (std::size_t begin = first + 2; begin < head.size();) {
    const std::size_t stop = head.find("\r\n", begin);
    const std::string field = head.substr(begin, stop - begin);
    const std::size_t colon = field.find(':');
    request.headers[to_lower(field.substr(0, colon))] = trim(std::string_view(field).substr(colon + 1));
    begin = stop + 2;
  }
  const auto length = parse_unsigned(request.headers["content-length"]).value_or(0);
  if (!read_up_to(descriptor, read, length)) return std::nullopt;
  request.body = read.substr(0, length);
  read.erase(0, length);
  return request;
}

std::string written(const ScriptedAnswer& answer, bool without_body) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Scripted\r\n";
  for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
  text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
  return without_body ? text : text + answer.body;
}

}  // namespace

ScriptedHttpServer::ScriptedHttpServer(std::function<ScriptedAnswer(const ReceivedRequest&)> script)
    : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), any, size) != 0 || ::listen(listener_.get(), 64) != 0 ||
      ::getsockname(listener_.get(), any, &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_until_stopped(); });
}

ScriptedHttpServer::~ScriptedHttpServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
  }
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (std::thread& server : servers_) server.join();
}

int ScriptedHttpServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

std::vector<ReceivedRequest> ScriptedHttpServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void ScriptedHttpServer::accept_until_stopped() {
  for (;;) {
    const int descriptor = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ::close(descriptor);
      return;
    }
    open_.push_back(descriptor);
    servers_.emplace_back([this, descriptor, number = ++connections_] { serve(descriptor, number); });
  }
}

void ScriptedHttpServer::serve(int descriptor, int connection) {
  std::string read;
  for (;;) {
    auto request = read_request(descriptor, read);
    if (!request) break;
    request->connection = connection;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(*request);
    }
    if (!answer(descriptor, *request)) break;
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, descriptor);
  ::close(descriptor);
}

// False if the connection is to be closed.
bool ScriptedHttpServer::answer(int descriptor, const ReceivedRequest& request) {
  ScriptedAnswer scripted;
  {
    const std::lock_guard lock(script_mutex_);
    scripted = script_(request);
  }
  std::this_thread::sleep_for(scripted.delay);
  if (scripted.then == ScriptedAnswer::Then::Reset) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return false;
  }
  if (scripted.then == ScriptedAnswer::Then::Hang) {
    char byte = 0;
    while (::recv(descriptor, &byte, 1, 0) > 0) {
    }
    return false;
  }
  const std::string text = written(scripted, request.method == "HEAD");
  if (::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL) < 0) return false;
  return scripted.then == ScriptedAnswer::Then::Answer;
}

}  // namespace tintype::testing_support
