#include "main/job_composition.h"

#include <exception>

#include "main/cores.h"
#include "model/recipe.h"

namespace tintype {
namespace {

constexpr std::chrono::minutes kPassTime{5};
constexpr std::chrono::seconds kLookTime{10};
// Events are for who was away for a while; what has become of an image for ever is in its record.
constexpr std::chrono::hours kEventsStay{24};
constexpr int kEventsForgotten = 1000;  // in a pass

const Recipe& thumbnail_recipe() {
  return *find_recipe(kThumbnailRecipe);
}

std::string encoder() {
  return "libwebp/" TINTYPE_WEBP_VERSION;
}

ThumbnailMode::Setting mode_setting(config::Thumbnails thumbnails) {
  switch (thumbnails) {
    case config::Thumbnails::Inline:
      return ThumbnailMode::Setting::Inline;
    case config::Thumbnails::Async:
      return ThumbnailMode::Setting::Async;
    case config::Thumbnails::Auto:
      break;
  }
  return ThumbnailMode::Setting::Auto;
}

// Often enough that an image is found not long after it is due.
std::chrono::milliseconds upkeep_interval(const config::Settings& settings) {
  return std::clamp<std::chrono::milliseconds>(settings.redrive_interval / 4, std::chrono::milliseconds(50),
                                               std::chrono::seconds(5));
}

JobConsumer::Options consumer_options(const config::Settings& settings) {
  return {.threads = cores_if_zero(settings.job_threads), .lease = settings.job_lease};
}

}  // namespace

RenderSpec thumbnail_spec(const config::Settings& settings) {
  RenderSpec spec = thumbnail_recipe().spec;
  spec.effort = settings.image_effort;
  return spec;
}

std::string thumbnail_recipe_text(const config::Settings& settings) {
  return recipe_text(thumbnail_recipe(), thumbnail_spec(settings), encoder());
}

Result<std::unique_ptr<WebhookSender>> make_webhook_sender(const config::Settings& settings, const Clock& clock) {
  if (settings.webhook_url.empty()) return std::unique_ptr<WebhookSender>();
  auto endpoint = parse_webhook_endpoint(settings.webhook_url, settings.webhook_secret,
                                         settings.webhook_allow_private == config::Allow::Yes);
  if (!endpoint) return fail(endpoint.error());
  HttpWebhookSender::Options options;
  options.user_agent = "tintype/" TINTYPE_VERSION;
  return std::unique_ptr<WebhookSender>(
      std::make_unique<HttpWebhookSender>(std::move(*endpoint), clock, std::move(options)));
}

JobParts::JobParts(const config::Settings& settings, const JobStores& stores, ImageEngine& engine, Admission& admission,
                   ImageCache& cache, EventBus& bus, const EventRenderer& renderer,
                   std::unique_ptr<WebhookSender> webhook_sender, const Clock& clock, MetricsRegistry& metrics,
                   const Logger& log)
    : stores_(stores),
      clock_(clock),
      metrics_(metrics),
      log_(log),
      announcing_bus_(bus, *this),
      mode_({.setting = mode_setting(settings.thumbnails)}),
      scheduler_(mode_, stores_.queue, announcing_bus_, settings.redrive_interval, log),
      stored_(engine, admission, stores_.blobs, {.effort = settings.image_effort, .encoder = encoder()}),
      derive_(stores_.metadata, stores_.derivations, stored_, cache, announcing_bus_, clock),
      redrive_(stores_.derivations, stores_.queue, derive_, clock,
               {.interval = settings.redrive_interval, .most = settings.job_max_attempts}),
      derive_handler_(derive_, mode_),
      webhook_sender_(std::move(webhook_sender)),
      runner_(stores_.queue, handlers(), {.max_attempts = settings.job_max_attempts}, metrics, log),
      upkeep_("jobs", upkeep_interval(settings), [this](const std::stop_token& stop) {
        // One failing pass must not end all further ones.
        try {
          return look_after_jobs(stop);
        } catch (const std::exception& thrown) {
          log_.error("looking after jobs failed", {{"error", thrown.what()}});
          return false;
        }
      }) {
  if (webhook_sender_ != nullptr) {
    dispatcher_.emplace(stores_.events, stores_.queue, renderer);
    announcer_.emplace(*dispatcher_, log);
  }
  if (settings.jobs == config::Jobs::Embedded) {
    consumer_ = std::make_unique<JobConsumer>(stores_.queue, runner_, consumer_options(settings), log);
  }
  expose_mode();
}

JobRunner::Handlers JobParts::handlers() {
  JobRunner::Handlers handlers = {{"derive", &derive_handler_}};
  if (webhook_sender_ != nullptr) handlers.emplace("webhook", &webhook_handler_.emplace(*webhook_sender_));
  return handlers;
}

void JobParts::stop(Deadline deadline) {
  if (consumer_ != nullptr) consumer_->stop(deadline);
}

bool JobParts::look_after_jobs(const std::stop_token& stop) {
  const auto report = redrive_.run(stop, Deadline::after(kPassTime));
  if (report) {
    count(*report);
  } else if (!stop.stop_requested()) {
    log_.warn("looking for lost jobs was cut short", {{"error", to_string(report.error())}});
  }
  show_depth();
  const auto forgotten =
      stores_.events.forget(clock_.now() - kEventsStay, kEventsForgotten, Deadline::after(kLookTime));
  if (!forgotten) log_.warn("old events were not forgotten", {{"error", to_string(forgotten.error())}});
  return (report && report->more) || (forgotten && *forgotten == kEventsForgotten);
}

void JobParts::count(const RedriveReport& report) {
  constexpr auto kName = "tintype_redrives_total";
  constexpr auto kHelp = "Images that were still processing when their job should have been done.";
  metrics_.counter(kName, kHelp, {{"outcome", "pushed"}}).Increment(report.pushed);
  metrics_.counter(kName, kHelp, {{"outcome", "given_up"}}).Increment(report.given_up);
  if (report.pushed + report.given_up == 0) return;
  log_.warn("jobs of images had been lost", {{"pushed", report.pushed}, {"givenUp", report.given_up}});
}

void JobParts::show_depth() {
  const auto depth = stores_.queue.depth(Deadline::after(kLookTime));
  if (!depth) return;  // the consumer says so
  constexpr auto kName = "tintype_jobs";
  constexpr auto kHelp = "Jobs in the queue, by state, as of a few seconds ago.";
  const auto set = [&](const char* state, std::int64_t number) {
    metrics_.gauge(kName, kHelp, {{"state", state}}).Set(static_cast<double>(number));
  };
  set("ready", depth->ready);
  set("delayed", depth->delayed);
  set("leased", depth->leased);
  set("dead", depth->dead);
  const auto oldest = std::chrono::duration<double>(depth->oldest.value_or(std::chrono::milliseconds(0)));
  metrics_.gauge("tintype_jobs_oldest_age_seconds", "How long the oldest job that could be done has waited.")
      .Set(oldest.count());
}

void JobParts::expose_mode() {
  auto& async = metrics_.gauge("tintype_thumbnails_async", "Whether uploads leave their thumbnails for later.");
  auto& p95 = metrics_.gauge("tintype_thumbnails_upload_p95_seconds",
                             "95 of 100 uploads of the last minute took less; 0 if there were too few to tell.");
  auto& switches =
      metrics_.gauge("tintype_thumbnails_mode_switches", "Changes of the mode since the start, by thumbnails=auto.");
  metrics_.before_expose([this, &async, &p95, &switches] {
    const auto state = mode_.state();
    async.Set(state.async ? 1 : 0);
    p95.Set(std::chrono::duration<double>(state.p95.value_or(ThumbnailMode::Clock::duration::zero())).count());
    switches.Set(state.switches);
    for (const char* reason : {"setting", "start", "uploads_slow", "uploads_fast", "uploads_few"}) {
      metrics_
          .gauge("tintype_thumbnails_mode_reason", "Why the mode is what it is: 1 for the reason that holds.",
                 {{"reason", reason}})
          .Set(state.reason == reason ? 1 : 0);
    }
  });
}

}  // namespace tintype
