#include "http/image_wait.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "http/error_response.h"
#include "model/validation.h"

namespace tintype::http {
namespace {

constexpr std::uint64_t kLongest = 60;              // seconds
constexpr std::chrono::milliseconds kMargin{1000};  // of the request's time, to look once more and answer

// Something has become of the image.
class ImageHappening final : public Happening {
 public:
  explicit ImageHappening(std::unique_ptr<EventSubscription> subscription) : subscription_(std::move(subscription)) {}
  void on_ready(std::function<void()> ready) override { subscription_->on_ready(std::move(ready)); }

 private:
  const std::unique_ptr<EventSubscription> subscription_;
};

bool is_settled(const ImageRecord& record) {
  return record.status == ProcessingStatus::Completed || record.status == ProcessingStatus::Failed;
}

// The value of `wait` in a list of preferences such as `respond-async, wait=10; x=y`.
std::optional<std::uint64_t> preferred_wait(std::string_view preferences) {
  while (!preferences.empty()) {
    const std::size_t comma = std::min(preferences.find(','), preferences.size());
    std::string_view preference = preferences.substr(0, comma);
    preferences.remove_prefix(std::min(comma + 1, preferences.size()));
    preference = preference.substr(0, preference.find(';'));
    const std::size_t equals = preference.find('=');
    if (equals == std::string_view::npos || !iequals(trim(preference.substr(0, equals)), "wait")) continue;
    std::string_view value = trim(preference.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    return parse_unsigned(value);  // the first counts (RFC 7240 section 2)
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<WantedWait>> wanted_wait(const Request& request) {
  if (const auto parameter = request.parameter("wait")) {
    const auto seconds = parse_unsigned(*parameter);
    if (!seconds || *seconds < 1 || *seconds > kLongest) return invalid_field("wait", "must be 1 to 60 seconds");
    return std::optional(WantedWait{std::chrono::seconds(*seconds)});
  }
  const auto preferred = preferred_wait(request.headers.get("Prefer"));
  if (!preferred || *preferred == 0) return std::optional<WantedWait>();
  return std::optional(WantedWait{std::chrono::seconds(std::min(*preferred, kLongest)), true});
}

std::optional<Response> ImageWait::get_at_once(Request& request) {
  const auto wait = wanted_wait(request);
  if (!wait) return error_response(wait.error(), request.id);
  return *wait ? std::nullopt : images_.get_at_once(request);
}

bool ImageWait::get_soon(Request& request, std::function<void(std::optional<Response>)> done) {
  const auto wait = wanted_wait(request);
  return wait && !*wait && images_.get_soon(request, std::move(done));
}

Response ImageWait::get(Request& request) {
  const auto wait = wanted_wait(request);
  if (!wait) return error_response(wait.error(), request.id);
  const auto id = ImageId::parse(request.captured);
  if (!*wait || !id) return images_.get(request);
  if (!request.waited) {
    auto later = begin(request, *id, (*wait)->time);
    if (!later) return error_response(later.error(), request.id);
    if (*later) return Response{.later = std::move(*later)};
  } else {
    reads_.drop(*request.user, *id);  // whoever has changed it may not reach the cache of this process
  }
  Response response = images_.get(request);
  if ((*wait)->is_preference) response.set("Preference-Applied", "wait=" + std::to_string((*wait)->time.count()));
  return response;
}

// The second look is younger than the subscription, so that no change falls between the two.
Result<std::optional<Later>> ImageWait::begin(const Request& request, const ImageId& id, std::chrono::seconds wait) {
  const auto until = Deadline::after(wait).earlier_of(request.deadline.later_by(-kMargin));
  if (until.expired()) return std::optional<Later>();
  const auto first = get_.run(*request.user, id, request.deadline);
  if (!first) return fail(first.error());
  if (is_settled(*first)) return std::optional<Later>();
  auto subscription =
      hub_.subscribe({.user = *request.user, .image = id, .use = EventInterest::Use::Wait}, request.deadline);
  if (!subscription) return fail(subscription.error());
  const auto second = get_.run(*request.user, id, request.deadline);
  if (!second) return fail(second.error());
  if (is_settled(*second)) return std::optional<Later>();
  return std::optional(Later{std::make_unique<ImageHappening>(std::move(*subscription)), until});
}

}  // namespace tintype::http
