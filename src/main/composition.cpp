#include "main/composition.h"

#include <filesystem>

#include "adapters/measured/measured_blob_store.h"
#include "adapters/measured/measured_derivation_store.h"
#include "adapters/measured/measured_event_log.h"
#include "adapters/measured/measured_metadata_store.h"
#include "adapters/system_clock/system_clock.h"
#include "http/blob_handler.h"
#include "http/event_handlers.h"
#include "http/image_handlers.h"
#include "http/image_wait.h"
#include "main/blob_delivery.h"
#include "main/cache_composition.h"
#include "main/cores.h"
#include "main/engine_composition.h"
#include "main/event_composition.h"
#include "main/event_metrics.h"
#include "main/job_composition.h"
#include "main/jwt_secret.h"
#include "main/numbers_composition.h"
#include "main/store_composition.h"
#include "main/sweeper.h"
#include "service/blob_writer.h"
#include "service/late_invalidation.h"
#include "service/stale_checker.h"
#include "service/upload_image.h"

namespace tintype {
namespace {

constexpr std::size_t kStoreThreads = 8;  // they wait, they do not compute
constexpr std::size_t kStoreQueue = 1024;
// A client that has its answer may send the next upload before the thread that answered is back.
constexpr std::size_t kUploadQueue = 2;

// Enough for fsyncs to overlap (ADR 0008); a put to S3 takes its round trip, however few there are.
std::size_t blob_put_threads(const config::Settings& settings) {
  return settings.blobs == config::Blobs::S3 ? 32 : 8;
}

// The blob store on files has its temporary files there, too.
std::filesystem::path spool_directory(const config::Settings& settings) {
  return settings.data_dir / "tmp";
}

PictureLimits picture_limits(const config::Settings& settings) {
  PictureLimits limits;
  limits.max_pixels = settings.max_pixels;
  limits.main = {.fit = RenderSpec::Fit::Inside,
                 .width = settings.image_max_edge,
                 .height = settings.image_max_edge,
                 .quality = settings.image_quality,
                 .effort = settings.image_effort,
                 .placeholder = true};
  limits.thumbnail = thumbnail_spec(settings);
  limits.thumbnail_recipe = thumbnail_recipe_text(settings);
  return limits;
}

}  // namespace

Result<http::JwtPolicy> jwt_policy(const config::Settings& settings) {
  http::JwtPolicy policy;
  policy.secret = settings.jwt_secret;
  if (!settings.jwt_issuer.empty()) policy.issuer = settings.jwt_issuer;
  if (!settings.jwt_audience.empty()) policy.audience = settings.jwt_audience;
  if (!policy.secret.empty()) return policy;
  if (auto made = make_data_dir(settings.data_dir); !made) return fail(made.error());
  auto secret = generated_jwt_secret(settings.data_dir);
  if (!secret) return fail(secret.error());
  policy.secret = std::move(*secret);
  return policy;
}

struct Composition::Parts {
  Parts(const config::Settings& settings, http::JwtPolicy policy, http::BlobDelivery delivery, EngineParts engine_parts,
        Stores opened_stores, CacheParts cache_parts, std::unique_ptr<WebhookSender> webhook_sender,
        MetricsRegistry& metrics, const Logger& log)
      : image_engine(std::move(engine_parts)),
        stores(std::move(opened_stores)),
        cache(std::move(cache_parts)),
        measured_blobs(*stores.blobs, metrics),
        measured_metadata(*stores.metadata, metrics),
        measured_derivations(*stores.derivations, metrics),
        measured_events(*stores.events, metrics),
        late_invalidation(make_late_invalidation(settings)),
        image_cache(cache.get(), measured_metadata, renderer, cache_options(metrics)),
        stale_checker(image_cache, measured_metadata, {.one_in = settings.cache_check}, log),
        admission({.slots = cores_if_zero(settings.image_threads),
                   .memory_budget = settings.memory_budget,
                   .waiting = settings.max_concurrent_uploads}),
        pictures(*image_engine.engine, admission, picture_limits(settings)),
        put_pool("blob-put", blob_put_threads(settings), blob_put_threads(settings)),
        blob_writer(measured_blobs, put_pool),
        leases(measured_metadata, clock, settings.upload_lease, log),
        claims(measured_metadata, leases, clock, ids, settings.idempotency_ttl, log),
        bus(make_event_bus(settings, cache, log)),
        jobs(settings, {measured_metadata, measured_derivations, measured_events, measured_blobs, *stores.queue},
             *image_engine.engine, admission, image_cache, *bus, renderer, std::move(webhook_sender), clock, metrics,
             log),
        upload(pictures, blob_writer, claims, image_cache, jobs.scheduler()),
        get(measured_metadata),
        update(get, measured_metadata, image_cache, clock),
        finish_deletion(measured_metadata, measured_blobs, clock, log),
        remove(measured_metadata, finish_deletion, image_cache, jobs.bus(), clock),
        sweep(measured_metadata, measured_blobs, finish_deletion, clock),
        verify(measured_metadata, measured_blobs, finish_deletion, clock, log),
        hub(measured_events, *bus, clock, {}, log),
        images(upload, image_cache, update, remove, renderer),
        waits(images, get, image_cache, hub),
        events(get, hub, renderer, {}),
        blob_handler(measured_blobs, settings.blob_access == config::BlobAccess::Owner, std::move(delivery)),
        system(metrics, dependencies(), [this] { return numbers.stats(); }),
        dispatcher(http::make_routes(images, waits, events, blob_handler, system),
                   http::Authenticator(std::move(policy), clock),
                   {.upload = {settings.max_upload_bytes, spool_directory(settings)},
                    .blobs_need_owner = settings.blob_access == config::BlobAccess::Owner,
                    .request_timeout = settings.request_timeout},
                   metrics, log),
        store_lane("store", kStoreThreads, kStoreQueue),
        upload_lane("upload", static_cast<std::size_t>(settings.max_concurrent_uploads), kUploadQueue),
        sweeper(sweep, verify, measured_metadata, clock, {settings.sweep_interval, settings.verify_interval}, metrics,
                log),
        numbers(settings, {metrics, cache, sweeper, [this] { return jobs.scheduler().is_async(); }}, clock) {
    expose_admission(metrics);
    if (stores.aws) expose_aws(metrics);
    expose_cache(cache, metrics);
    expose_stale_checks(stale_checker, metrics);
    expose_events(hub, metrics);
  }

  ImageCache::Options cache_options(MetricsRegistry& metrics) {
    ImageCache::Options options = image_cache_options(cache, metrics);
    options.served = [this](const ImageId& id, std::int64_t version) { stale_checker.served(id, version); };
    if (late_invalidation != nullptr) {
      options.invalidated = [this](std::vector<std::string> tags) { late_invalidation->add(std::move(tags)); };
    }
    return options;
  }

  // Null where no list ever lags, and where nothing is kept.
  std::unique_ptr<LateInvalidation> make_late_invalidation(const config::Settings& settings) {
    const auto lag = list_lag(settings);
    if (lag.count() == 0 || &cache.get() == cache.none.get()) return nullptr;
    return std::make_unique<LateInvalidation>(cache.get(), lag);
  }

  std::vector<http::Dependency> dependencies() {
    std::vector<http::Dependency> all = {
        {"blobs", [this](Deadline deadline) { return stores.blobs->check(deadline); }, {}},
        {"metadata", [this](Deadline deadline) { return stores.metadata->check(deadline); }, {}}};
    if (const auto* const pool = image_engine.pool.get()) {
      all.push_back({"workers", [pool](Deadline) { return pool->check(); },
                     [pool](JsonObject& json) { json.add("sandbox", pool->sandboxed() ? "seccomp" : "none"); }});
    }
    if (cache.client != nullptr) all.push_back(redis_dependency(*cache.client));
    if (stores.sqs != nullptr) {
      all.push_back({"queue", [this](Deadline deadline) { return stores.queue->check(deadline); }, {}});
    }
    return all;
  }

  void expose_admission(MetricsRegistry& metrics) {
    auto& running = metrics.gauge("tintype_image_jobs_running", "Images being processed.");
    auto& waiting = metrics.gauge("tintype_image_jobs_waiting", "Uploads waiting for their turn.");
    auto& reserved =
        metrics.gauge("tintype_image_memory_reserved_bytes", "Predicted memory of the images being processed.");
    metrics.before_expose([this, &running, &waiting, &reserved] {
      running.Set(admission.running());
      waiting.Set(admission.waiting());
      reserved.Set(static_cast<double>(admission.reserved_bytes()));
    });
  }

  void expose_aws(MetricsRegistry& metrics) {
    auto& opened =
        metrics.gauge("tintype_aws_connections_opened", "Connections opened to S3 and DynamoDB since the start.");
    auto& in_flight =
        metrics.gauge("tintype_aws_requests_in_flight", "Requests to S3 and DynamoDB under way or in line.");
    metrics.before_expose([this, &opened, &in_flight] {
      const auto s3 = stores.aws->http.counts();
      const auto dynamodb = stores.aws->dynamodb_http.counts();
      opened.Set(static_cast<double>(s3.connections_opened + dynamodb.connections_opened));
      in_flight.Set(static_cast<double>(s3.in_flight + dynamodb.in_flight));
    });
  }

  SystemClock clock;
  EngineParts image_engine;
  UlidGenerator ids;
  Stores stores;
  CacheParts cache;
  MeasuredBlobStore measured_blobs;
  MeasuredMetadataStore measured_metadata;
  MeasuredDerivationStore measured_derivations;
  MeasuredEventLog measured_events;
  http::JsonRenderer renderer;
  std::unique_ptr<LateInvalidation> late_invalidation;
  ImageCache image_cache;
  StaleChecker stale_checker;
  Admission admission;
  PictureMaker pictures;
  BoundedExecutor put_pool;
  BlobWriter blob_writer;
  LeaseKeeper leases;
  UploadClaims claims;
  std::unique_ptr<EventBus> bus;
  JobParts jobs;
  UploadImage upload;
  GetImage get;
  UpdateImage update;
  FinishDeletion finish_deletion;
  DeleteImage remove;
  Sweep sweep;
  Verify verify;
  EventHub hub;
  http::ImageHandlers images;
  http::ImageWait waits;
  http::EventHandlers events;
  http::BlobHandler blob_handler;
  http::SystemHandlers system;
  http::Dispatcher dispatcher;
  BoundedExecutor store_lane;  // last, so that their threads end before what they use
  BoundedExecutor upload_lane;
  Sweeper sweeper;
  NumbersParts numbers;
};

Result<std::unique_ptr<Composition>> Composition::build(const config::Settings& settings, MetricsRegistry& metrics,
                                                        const Logger& log) {
  auto delivery = blob_delivery(settings);
  if (!delivery) return fail(delivery.error());
  if (auto made = make_data_dir(settings.data_dir); !made) return fail(made.error());
  auto policy = jwt_policy(settings);
  if (!policy) return fail(policy.error());
  auto engine = make_engine(settings, metrics, log);
  if (!engine) return fail(engine.error());
  auto stores = open_stores(settings);
  if (!stores) return fail(stores.error());
  auto cache = make_cache(settings, log);
  if (!cache) return fail(cache.error());
  if (auto made = make_data_dir(spool_directory(settings)); !made) return fail(made.error());
  static const SystemClock clock;
  auto webhooks = make_webhook_sender(settings, clock);
  if (!webhooks) return fail(webhooks.error());
  auto parts = std::make_unique<Parts>(settings, std::move(*policy), std::move(*delivery), std::move(*engine),
                                       std::move(*stores), std::move(*cache), std::move(*webhooks), metrics, log);
  return std::unique_ptr<Composition>(new Composition(std::move(parts)));  // the constructor is private
}

Composition::Composition(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Composition::~Composition() = default;

http::Dispatcher& Composition::dispatcher() {
  return parts_->dispatcher;
}
http::JsonRenderer& Composition::renderer() {
  return parts_->renderer;
}
http::SystemHandlers& Composition::system() {
  return parts_->system;
}
transport::Lanes Composition::lanes() {
  return {parts_->store_lane, parts_->upload_lane};
}
void Composition::stop_jobs(Deadline deadline) {
  parts_->jobs.stop(deadline);
}
void Composition::write_last_numbers() {
  parts_->numbers.write_last();
}
Result<bool> Composition::wait_until_warm(Deadline deadline) {
  WorkerPool* const pool = parts_->image_engine.pool.get();
  return pool != nullptr ? pool->wait_until_warm(deadline) : Result<bool>(true);
}

}  // namespace tintype
