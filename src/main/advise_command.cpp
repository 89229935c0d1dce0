#include "main/advise_command.h"

#include <cstdio>

#include "main/advise/advice.h"

namespace tintype {
namespace {

Result<ServerNumbers> numbers_of_server(const config::Settings& settings, std::string url) {
  constexpr auto kTime = std::chrono::seconds(10);
  if (url.empty()) {
    auto here = url_of_listener(settings.listen);
    if (!here) return fail(here.error());
    url = std::move(*here);
  }
  while (url.ends_with('/')) url.pop_back();
  return ask_for_numbers(url, Deadline::after(kTime));
}

}  // namespace

int run_advise_command(const config::Settings& settings, const AdviseCommandOptions& options) {
  const auto numbers = numbers_of_server(settings, options.url);
  if (!numbers) {
    std::fprintf(stderr, "tintype: %s\n", numbers.error().public_message.c_str());
    return 1;
  }
  const auto advice = advise(*numbers);
  std::fputs((options.json ? advice_json(advice) : advice_table(advice)).c_str(), stdout);
  return 0;
}

}  // namespace tintype
