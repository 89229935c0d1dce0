#include "config/settings_table.h"

#include <array>

namespace tintype::config {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::uint64_t kKiB = 1ULL << 10;
constexpr std::uint64_t kMiB = 1ULL << 20;
constexpr std::uint64_t kGiB = 1ULL << 30;

// Any shorter and a healthy client on a busy machine would be cut off.
constexpr milliseconds kShortest = 10ms;
constexpr milliseconds kLongest = 1h;
// AWS takes no signed URL that lasts longer (Signature Version 4, X-Amz-Expires).
constexpr milliseconds kLongestSignature = 168h;

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> kLogLevels = {"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> kEngines = {"worker", "inprocess"};
constexpr std::array<std::string_view, 2> kBlobAccesses = {"public", "owner"};
constexpr std::array<std::string_view, 3> kBlobDeliveries = {"proxy", "redirect", "public-url"};
constexpr std::array<std::string_view, 2> kBlobs = {"filesystem", "s3"};
constexpr std::array<std::string_view, 2> kMetadata = {"sqlite", "dynamodb"};
constexpr std::array<std::string_view, 2> kOnOff = {"on", "off"};
constexpr std::array<std::string_view, 2> kChecksums = {"none", "sha256"};
constexpr std::array<std::string_view, 3> kPathStyles = {"auto", "true", "false"};
constexpr std::array<std::string_view, 4> kCaches = {"auto", "memory", "redis", "none"};
constexpr std::array<std::string_view, 2> kInvalidations = {"tags", "scan"};
constexpr std::array<std::string_view, 3> kThumbnails = {"auto", "inline", "async"};
constexpr std::array<std::string_view, 2> kQueues = {"sqlite", "sqs"};
constexpr std::array<std::string_view, 2> kJobs = {"embedded", "off"};
constexpr std::array<std::string_view, 2> kNoYes = {"no", "yes"};
constexpr std::array<std::string_view, 2> kEmfs = {"off", "stdout"};
constexpr std::array<std::string_view, 3> kS3Encryptions = {"bucket", "AES256", "aws:kms"};

// `Member` is of an enumeration whose values count up from 0, as `names` do.
template <auto Member>
constexpr ChoiceKind choice(std::span<const std::string_view> names) {
  using Enumeration = std::remove_reference_t<decltype(std::declval<Settings&>().*Member)>;
  return {names, [](Settings& settings, std::size_t index) { settings.*Member = static_cast<Enumeration>(index); },
          [](const Settings& settings) { return static_cast<std::size_t>(settings.*Member); }};
}

constexpr auto kTable = std::to_array<Setting>({
    {"listen", "process", "127.0.0.1:8080",
     TextKind{&Settings::listen, "an address and port such as 127.0.0.1:8080 or [::]:8080", accept_listen_address},
     "Where the service takes connections. 0.0.0.0 is every IPv4 interface, port 0 any free port; the address is "
     "logged at start."},
    {"data-dir", "process", "./data", PathKind{&Settings::data_dir},
     "The directory that holds the pictures, the metadata and the generated token secret. Back it up as a whole."},
    {"public-url", "process", "",
     TextKind{&Settings::public_url, "empty or a URL such as https://images.example.com", accept_public_url},
     "What the URLs in answers begin with: how clients reach the service, through a proxy for instance. Empty: http:// "
     "and the address listened on."},
    {"jwt-secret", "process", "", SecretKind{&Settings::jwt_secret},
     "The key that signs and checks bearer tokens (HS256), at least 32 random bytes; whoever has it can act as any "
     "user. Not set: one is generated at the first start and kept in the data directory."},
    {"jwt-issuer", "process", "", TextKind{&Settings::jwt_issuer, "", nullptr},
     "The `iss` that a token must carry. Empty: not checked."},
    {"jwt-audience", "process", "", TextKind{&Settings::jwt_audience, "", nullptr},
     "The `aud` that a token must carry. Empty: not checked."},
    {"log-level", "process", "info", choice<&Settings::log_level>(kLogLevels),
     "Log lines below this level are dropped."},
    {"io-threads", "process", "0", IntegerKind{&Settings::io_threads, 0, 256, "threads"},
     "Threads that serve connections. 0: one per core."},
    {"max-connections", "process", "10000", IntegerKind{&Settings::max_connections, 1, 1'000'000, "connections"},
     "Client connections open at the same time; further ones are closed at once. Each needs a file descriptor or two, "
     "so the hard limit of the process (`ulimit -Hn`) must be well above this."},
    {"max-upload-bytes", "process", "25MiB", SizeKind{&Settings::max_upload_bytes, kKiB, kGiB},
     "The largest image file taken. A larger one is answered 413 FILE_TOO_LARGE before it has been read to its end."},
    {"max-pixels", "process", "64000000", IntegerKind{&Settings::max_pixels, 1, 1'000'000'000, "pixels"},
     "The most pixels, width times height, that an image may have. A larger one is answered 422 IMAGE_TOO_LARGE "
     "without being decoded, however small its file is."},
    {"memory-budget", "process", "1GiB", SizeKind{&Settings::memory_budget, 64 * kMiB, 1024 * kGiB},
     "The memory that images being processed may take together. What an image needs is predicted from its header, and "
     "it waits until that much is free; one that needs more than all of it is processed alone. Leave room "
     "for the rest below the limit of the machine or container."},
    {"max-concurrent-uploads", "process", "64", IntegerKind{&Settings::max_concurrent_uploads, 1, 1024, "uploads"},
     "Uploads being processed or waiting for their turn. Further ones are answered 503 OVERLOADED with Retry-After at "
     "once."},
    {"request-timeout", "process", "30s", DurationKind{&Settings::request_timeout, kShortest, kLongest},
     "How long the work on a request may take once it has arrived, all waiting included."},
    {"header-timeout", "process", "10s", DurationKind{&Settings::header_timeout, kShortest, kLongest},
     "How long a client may take to send the header of a request."},
    {"body-timeout", "process", "30s", DurationKind{&Settings::body_timeout, kShortest, kLongest},
     "A body must be complete this long after its header, plus one second for every 8 KiB that has arrived."},
    {"idle-timeout", "process", "60s", DurationKind{&Settings::idle_timeout, kShortest, kLongest},
     "A connection without a request is closed after this long. Behind a load balancer, make it longer than the "
     "balancer's own."},
    {"drain-timeout", "process", "30s", DurationKind{&Settings::drain_timeout, 0ms, kLongest},
     "After SIGTERM, how long requests in flight may take to finish before the process ends without them."},
    {"image-max-edge", "image", "2048", IntegerKind{&Settings::image_max_edge, 0, 16383, "pixels"},
     "Images are scaled down, never up, until neither edge is longer than this. 0: kept at their size. Pictures "
     "already stored stay as they are."},
    {"image-quality", "image", "85", IntegerKind{&Settings::image_quality, 1, 100, ""},
     "WebP quality of the stored image; higher is better and larger."},
    {"image-effort", "image", "2", IntegerKind{&Settings::image_effort, 0, 6, ""},
     "WebP effort. 4 makes files about 3 % smaller than 2 and takes more than twice the CPU."},
    {"image-threads", "image", "0", IntegerKind{&Settings::image_threads, 0, 256, "threads"},
     "Images processed at the same time, a core each. 0: one per core."},
    {"thumbnails", "image", "inline", choice<&Settings::thumbnails>(kThumbnails),
     "When the thumbnail is made. inline: before the upload is answered. async: after it; until then the image has "
     "`processingStatus` processing and a placeholder. auto: inline, and async while uploads are slow (95 of 100 "
     "within "
     "a second is the border)."},
    {"engine", "workers", "worker", choice<&Settings::engine>(kEngines),
     "Where pictures are made. worker: in sandboxed processes, so that a file that breaks a decoder costs one request. "
     "inprocess: in the service itself, which such a file can crash; none of the settings below applies then."},
    {"workers-provisioned", "workers", "0", IntegerKind{&Settings::workers_provisioned, 0, 1024, "workers", "auto"},
     "Image workers that are kept warm; /readyz says 200 when they are. A request that finds none free waits for "
     "another one to start, a cold start. 0: one per core. auto: begins with one per core and follows the share of "
     "cold starts, between workers-min and workers-max."},
    {"workers-min", "workers", "1", IntegerKind{&Settings::workers_min, 1, 1024, "workers"},
     "The fewest that workers-provisioned=auto keeps warm."},
    {"workers-max", "workers", "0", IntegerKind{&Settings::workers_max, 0, 1024, "workers"},
     "Image workers at a time, under load; at least as many as workers-provisioned. 0: one for each of image-threads, "
     "which render, and one per core beside them, which read the headers of uploads that wait."},
    {"workers-raise-percent", "workers", "5", IntegerKind{&Settings::workers_raise_percent, 0, 100, "percent"},
     "With workers-provisioned=auto: if more than this share of the image requests in a window met a cold start, more "
     "workers are kept warm."},
    {"workers-lower-percent", "workers", "1", IntegerKind{&Settings::workers_lower_percent, 0, 100, "percent"},
     "With workers-provisioned=auto: if less than this share met a cold start, and the workers were never all busy, "
     "one less is kept warm."},
    {"workers-window", "workers", "60s", DurationKind{&Settings::workers_window, 100ms, kLongest},
     "How long workers-provisioned=auto watches before each decision."},
    {"worker-idle", "workers", "60s", DurationKind{&Settings::worker_idle, kShortest, kLongest},
     "A worker beyond those provisioned ends after this long without work."},
    {"worker-max-jobs", "workers", "1000", IntegerKind{&Settings::worker_max_jobs, 1, 1'000'000'000, "jobs"},
     "A worker is replaced after this many jobs; an upload is two. Its successor is warm before it ends."},
    {"worker-max-resident", "workers", "256MiB", SizeKind{&Settings::worker_max_resident, 64 * kMiB, 64 * kGiB},
     "A worker that holds more memory than this after a job is replaced."},
    {"worker-memory", "workers", "1GiB", SizeKind{&Settings::worker_memory, 128 * kMiB, 256 * kGiB},
     "The memory that one picture may take in its worker, as the kernel counts address space. A picture that needs "
     "more is answered 422 IMAGE_UNDECODABLE."},
    {"job-deadline", "workers", "20s", DurationKind{&Settings::job_deadline, 100ms, kLongest},
     "How long one step on one upload (reading the header, making the pictures) may take. Then its worker "
     "is killed, and the answer is 422 IMAGE_UNDECODABLE."},
    {"quarantine-ttl", "workers", "24h", DurationKind{&Settings::quarantine_ttl, kShortest, 8760h},
     "A file that has cost two workers (a crash, or the deadline) is refused at once for this long; see `tintype "
     "quarantine`."},
    {"blob-access", "stores", "public", choice<&Settings::blob_access>(kBlobAccesses),
     "Who may read a picture. public: anyone who has its URL, which cannot be guessed. owner: only requests with a "
     "token of the user who uploaded it."},
    {"blob-delivery", "stores", "proxy", choice<&Settings::blob_delivery>(kBlobDeliveries),
     "How pictures get to clients. proxy: through the service. redirect: the service answers with a signed URL of the "
     "bucket that expires; needs blobs=s3. public-url: URLs in answers begin with blob-public-url, and anybody may use "
     "them."},
    {"blob-public-url", "stores", "",
     TextKind{&Settings::blob_public_url, "empty or a URL such as https://cdn.example.com/pictures", accept_public_url},
     "With blob-delivery=public-url: the URL of the bucket, or of a CDN before it; keys such as images/ann/….webp "
     "follow it."},
    {"blob-url-lifetime", "stores", "1h", DurationKind{&Settings::blob_url_lifetime, 1s, kLongestSignature},
     "With blob-delivery=redirect: how long a signed URL works. Whoever has it sees the picture until then."},
    {"blobs", "stores", "filesystem", choice<&Settings::blobs>(kBlobs),
     "Where pictures are kept: files below data-dir, or a bucket of Amazon S3 or of a store that speaks its API."},
    {"s3-endpoint", "stores", "",
     TextKind{&Settings::s3_endpoint, "empty or a URL such as https://s3.example.com", accept_public_url},
     "Where the store is that speaks S3. Empty: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or Amazon S3 in AWS_REGION."},
    {"s3-bucket", "stores", "", TextKind{&Settings::s3_bucket, "", nullptr},
     "The bucket, with blobs=s3. `tintype init` makes it."},
    {"s3-path-style", "stores", "auto", choice<&Settings::s3_path_style>(kPathStyles),
     "Whether the bucket is in the path of URLs (true) or in their host name (false). auto: in the path if an endpoint "
     "is set."},
    {"s3-encryption", "stores", "bucket", choice<&Settings::s3_encryption>(kS3Encryptions),
     "How S3 encrypts pictures. bucket: as the bucket says."},
    {"s3-kms-key", "stores", "", TextKind{&Settings::s3_kms_key, "", nullptr},
     "The key for s3-encryption=aws:kms. Empty: the account's own."},
    {"s3-checksum", "stores", "none", choice<&Settings::s3_checksum>(kChecksums),
     "sha256: S3 also keeps a checksum with each picture, and checks it (x-amz-checksum-sha256). The signature covers "
     "what is sent in any case."},
    {"metadata", "stores", "sqlite", choice<&Settings::metadata>(kMetadata),
     "Where what is known of the pictures is kept: tintype.db in data-dir, or two tables of Amazon DynamoDB or of an "
     "engine that speaks its API."},
    {"dynamodb-endpoint", "stores", "",
     TextKind{&Settings::dynamodb_endpoint, "empty or a URL such as https://dynamodb.example.com", accept_public_url},
     "Where the engine is that speaks DynamoDB. Empty: AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, or Amazon DynamoDB "
     "in AWS_REGION."},
    {"dynamodb-table-prefix", "stores", "", TextKind{&Settings::dynamodb_table_prefix, "", nullptr},
     "What the names of the tables begin with: PREFIXImageMetadata and PREFIXPendingUploads. `tintype init` makes "
     "them."},
    {"dynamodb-transactions", "stores", "on", choice<&Settings::dynamodb_transactions>(kOnOff),
     "off: for engines without TransactWriteItems, such as ScyllaDB Alternator. Uploads take one to three more "
     "requests then. All replicas must have the same."},
    {"queue", "stores", "sqlite", choice<&Settings::queue>(kQueues),
     "Where jobs wait: tintype.db in data-dir, for the processes on this machine, or a queue of Amazon SQS or of an "
     "engine that speaks its API, for all."},
    {"sqs-endpoint", "stores", "",
     TextKind{&Settings::sqs_endpoint, "empty or a URL such as https://sqs.example.com", accept_public_url},
     "Where the engine is that speaks SQS. Empty: AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL, or Amazon SQS in "
     "AWS_REGION."},
    {"sqs-queue", "stores", "", TextKind{&Settings::sqs_queue, "", nullptr},
     "The name of the queue, with queue=sqs. `tintype init` makes it, and NAME-dead for jobs that were given up."},
    {"aws-region", "stores", "", TextKind{&Settings::aws_region, "", nullptr},
     "The region of the bucket and the tables. Empty: AWS_REGION, AWS_DEFAULT_REGION, or `region` in ~/.aws."},
    {"aws-access-key-id", "stores", "", TextKind{&Settings::aws_access_key_id, "", nullptr},
     "A key for S3 and DynamoDB. Empty: the first that is found in AWS's variables, ~/.aws, the container's or the "
     "instance's metadata."},
    {"aws-secret-access-key", "stores", "", SecretKind{&Settings::aws_secret_access_key},
     "What belongs to aws-access-key-id."},
    {"cache", "cache", "auto", choice<&Settings::cache>(kCaches),
     "Where answers to GET are kept. memory: in the process; all others that use the same metadata must be on the same "
     "data-dir. redis: in Redis or Valkey, with cache-memory in front, for any number of replicas. auto: redis if "
     "redis-url is set, else memory with metadata=sqlite and none with dynamodb."},
    {"cache-memory", "cache", "64MiB", SizeKind{&Settings::cache_memory, 0, 1024 * kGiB},
     "The memory for cached answers in each process; one that is larger than a 160th of it is not kept. 0KiB with "
     "cache=redis: all of them come from Redis."},
    {"redis-url", "cache", "", SecretKind{&Settings::redis_url},
     "Where Redis 7 or Valkey is: redis://[user[:password]@]host[:port][/database], rediss:// for TLS, or "
     "unix:///path/to/socket[?db=database]."},
    {"redis-ca-file", "cache", "", TextKind{&Settings::redis_ca_file, "", nullptr},
     "The certificates, in PEM, that rediss:// trusts. Empty: the system's."},
    {"cache-invalidation", "cache", "tags", choice<&Settings::cache_invalidation>(kInvalidations),
     "How a write finds what it makes wrong in Redis. tags: by a sorted set per user, which costs what the user has "
     "there. scan: by SCAN, which costs a look at every key of the database and keeps no sets. All replicas must have "
     "the same."},
    {"cache-check", "cache", "1000", IntegerKind{&Settings::cache_check, 0, 1'000'000'000, "answers"},
     "One in so many answers from the cache is compared with the store, in the background; "
     "tintype_stale_served_total counts those that were wrong. 0: none."},
    {"jobs", "jobs", "embedded", choice<&Settings::jobs>(kJobs),
     "Who does the jobs: makes thumbnails that were left for later, sends webhooks. embedded: the server. off: "
     "somebody "
     "else, `tintype jobs` or another server on the same queue."},
    {"job-threads", "jobs", "0", IntegerKind{&Settings::job_threads, 0, 256, "threads"},
     "Jobs done at the same time; they yield to uploads. 0: one per core."},
    {"job-max-attempts", "jobs", "5", IntegerKind{&Settings::job_max_attempts, 1, 100, "attempts"},
     "A job that has failed this often is given up: its image is failed, with the reason in processingError, and it is "
     "kept as a dead letter (`tintype jobs --dead`, `--redrive`)."},
    {"job-lease", "jobs", "30s", DurationKind{&Settings::job_lease, 1s, 12h},
     "How long a job belongs to the process that does it, which renews this while it works. If the process dies, "
     "another one gets the job after that."},
    {"redrive-interval", "jobs", "60s", DurationKind{&Settings::redrive_interval, 100ms, 24h},
     "An image that is still processing after this time gets a new job, in case that its job was lost."},
    {"webhook-url", "jobs", "", TextKind{&Settings::webhook_url, "", nullptr},
     "Where events of images are sent to, as Standard Webhooks says. Empty: nowhere."},
    {"webhook-secret", "jobs", "", SecretKind{&Settings::webhook_secret},
     "The key that signs webhooks: whsec_ and 24 to 64 random bytes in base64."},
    {"webhook-allow-private", "jobs", "no", choice<&Settings::webhook_allow_private>(kNoYes),
     "Whether webhook-url may lead to an address of this machine or of a private network. no protects what listens "
     "there "
     "from whoever may set the URL, or answers for its name."},
    {"upload-lease", "journal", "60s", DurationKind{&Settings::upload_lease, 100ms, kLongest},
     "How long an upload belongs to the process that works on it, which renews this while it works. If the process "
     "dies, a retry with the same idempotency token is answered 409 until then. A failed upload can be retried at "
     "once, "
     "and what it has stored is removed after this time."},
    {"sweep-interval", "journal", "60s", DurationKind{&Settings::sweep_interval, 100ms, 24h},
     "The pause between two passes of the sweeper, which removes what uploads that were given up and unfinished "
     "deletions have left."},
    {"idempotency-ttl", "journal", "24h", DurationKind{&Settings::idempotency_ttl, 1s, 8760h},
     "How long an upload's idempotency token is remembered: sent again with it, the upload is answered as it was the "
     "first time, and not stored twice."},
    {"verify-interval", "journal", "24h", DurationKind{&Settings::verify_interval, 0ms, 8760h},
     "The time between two comparisons of all stored files with all records, made in the background; "
     "tintype_orphaned_files shows the outcome. 0s: never; `tintype verify` does it when it is called."},
    {"emf", "numbers", "off", choice<&Settings::emf>(kEmfs),
     "stdout: the numbers of the last minute are written to standard output, as lines in the embedded metric format "
     "that CloudWatch Logs makes metrics of, in the namespace ImageService."},
    {"stage", "numbers", "dev", TextKind{&Settings::stage, "1 to 255 printable ASCII characters", accept_dimension},
     "What the metrics in CloudWatch carry as the dimension Stage: which installation this is."},
});

}  // namespace

std::span<const Setting> settings_table() {
  return kTable;
}

}  // namespace tintype::config
