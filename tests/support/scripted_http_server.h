#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.h"

namespace tintype::testing_support {

struct ReceivedRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int connection = 0;  // which of the server's, from 1
};

// What the server does with a request that it has read.
struct ScriptedAnswer {
  enum class Then {
    Answer,
    Reset,  // closes without an answer, with a RST
    Hang,   // says nothing until the server ends
    AnswerAndClose,
  };
  Then then = Then::Answer;
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::chrono::milliseconds delay{0};  // before it
};

// An HTTP/1.1 server on a free port of 127.0.0.1, as bad as the test wants it.
class ScriptedHttpServer {
 public:
  // `script` is called for each request, from several threads, one at a time.
  explicit ScriptedHttpServer(std::function<ScriptedAnswer(const ReceivedRequest&)> script);
  ~ScriptedHttpServer();
  ScriptedHttpServer(const ScriptedHttpServer&) = delete;
  ScriptedHttpServer& operator=(const ScriptedHttpServer&) = delete;

  // "http://127.0.0.1:40123"
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connections() const;
  std::vector<ReceivedRequest> requests() const;

 private:
  void accept_until_stopped();
  void serve(int descriptor, int connection);
  bool answer(int descriptor, const ReceivedRequest& request);

  const std::function<ScriptedAnswer(const ReceivedRequest&)> script_;
  UniqueFd listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<ReceivedRequest> requests_;  // guarded by mutex_, as are the two below
  std::vector<int> open_;
  int connections_ = 0;
  bool stopping_ = false;
  std::mutex script_mutex_;
  std::vector<std::thread> servers_;  // the acceptor's, until it has ended
  std::thread acceptor_;
};

}  // namespace tintype::testing_support
