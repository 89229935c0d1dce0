#include "tests/integration/event_listing.h"

#include <set>
#include <sstream>

#include "tests/integration/http_client.h"
#include "tests/integration/server_process.h"

namespace tintype::testing_support {
namespace {

constexpr long kListenMs = 1500;

}  // namespace

std::vector<std::string> events_of(const std::string& server_url, const std::string& user) {
  // The stream does not end; what has been read until the time-out is what there was.
  const HttpAnswer stream = send(
      {.url = server_url + "/events",
       .headers = {"Authorization: Bearer " + ServerProcess::token(user), "Last-Event-ID: 00000000000000000000000000"},
       .timeout_ms = kListenMs});
  std::vector<std::string> events;
  std::set<std::string> ids;
  std::istringstream lines(stream.body);
  std::string id;
  std::string type;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("id: ")) id = line.substr(4);
    if (line.starts_with("event: ")) type = line.substr(7);
    if (!line.starts_with("data: ") || !ids.insert(id).second) continue;
    events.push_back(type + ' ' + json_text(line.substr(6), "imageId"));
  }
  return events;
}

}  // namespace tintype::testing_support
