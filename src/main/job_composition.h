#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "adapters/webhook_http/http_webhook_sender.h"
#include "base/metrics/metrics.h"
#include "base/periodic_task.h"
#include "config/settings.h"
#include "service/derivation_scheduler.h"
#include "service/derive_handler.h"
#include "service/job_runner.h"
#include "service/redrive.h"
#include "service/webhook_announcer.h"
#include "service/webhook_handler.h"
#include "transport/job_consumer.h"

namespace tintype {

// How thumbnails are made (model/recipe.h), with the settings' effort, and what is kept of that.
RenderSpec thumbnail_spec(const config::Settings& settings);
std::string thumbnail_recipe_text(const config::Settings& settings);

// Null if there are no webhooks. Error: the message names the setting.
Result<std::unique_ptr<WebhookSender>> make_webhook_sender(const config::Settings& settings, const Clock& clock);

// What jobs need.
struct JobStores {
  MetadataStore& metadata;
  DerivationStore& derivations;
  EventLog& events;
  BlobStore& blobs;
  JobQueue& queue;
};

// The jobs of a process: it pushes them, it does them if the settings say so, and it looks after those that were lost.
class JobParts {
 public:
  // All is borrowed but the sender.
  JobParts(const config::Settings& settings, const JobStores& stores, ImageEngine& engine, Admission& admission,
           ImageCache& cache, EventBus& bus, const EventRenderer& renderer,
           std::unique_ptr<WebhookSender> webhook_sender, const Clock& clock, MetricsRegistry& metrics,
           const Logger& log);

  DerivationScheduler& scheduler() { return scheduler_; }
  // What is published here leads to webhooks at once, too.
  EventBus& bus() { return announcing_bus_; }
  // Takes no more jobs, and waits for those under way. To be called once.
  void stop(Deadline deadline);

 private:
  class AnnouncingBus final : public EventBus {
   public:
    explicit AnnouncingBus(EventBus& bus, JobParts& jobs) : bus_(bus), jobs_(jobs) {}
    void publish(const UserId& user, const ImageId& image) override {
      bus_.publish(user, image);
      if (jobs_.announcer_) jobs_.announcer_->wake();
    }
    void listen(Heard heard) override { bus_.listen(std::move(heard)); }
    void listen_to_gaps(std::function<void()> gap) override { bus_.listen_to_gaps(std::move(gap)); }

   private:
    EventBus& bus_;
    JobParts& jobs_;
  };

  JobRunner::Handlers handlers();
  bool look_after_jobs(const std::stop_token& stop);
  void count(const RedriveReport& report);
  void show_depth();
  void expose_mode();

  const JobStores stores_;
  const Clock& clock_;
  MetricsRegistry& metrics_;
  const Logger& log_;
  AnnouncingBus announcing_bus_;
  ThumbnailMode mode_;
  DerivationScheduler scheduler_;
  StoredDerivatives stored_;
  DeriveImage derive_;
  Redrive redrive_;
  DeriveHandler derive_handler_;
  const std::unique_ptr<WebhookSender> webhook_sender_;
  std::optional<WebhookHandler> webhook_handler_;
  JobRunner runner_;
  std::optional<WebhookDispatcher> dispatcher_;
  std::optional<WebhookAnnouncer> announcer_;  // last, as are their threads
  std::unique_ptr<JobConsumer> consumer_;
  PeriodicTask upkeep_;
};

}  // namespace tintype
