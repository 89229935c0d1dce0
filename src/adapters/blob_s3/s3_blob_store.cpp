// DESIGN
// A put is one PutObject with `If-None-Match: *`, which makes it visible whole or not at all, and never replaces. If
// its answer is lost it is sent again, and may then be told that the key exists: by itself. That is AlreadyExists here,
// and the caller compares the bytes, as it does for what an earlier attempt has left (service/blob_writer.cpp). So no
// put needs to be resolved by a look of its own. An open is one GetObject of the first MiB: most blobs are not larger,
// and the answer tells size and meta, so that no HeadObject comes before it. The rest is fetched when it is read
// (object_source.h). Rejected: one answer that is read as it comes in, as each slow client would hold a connection.
// What belongs to one image is removed by one DeleteObjects. Rejected: one for many images of a sweep. A key that
// cannot be removed must hold up its own image only, and each has its own time.
#include "adapters/blob_s3/s3_blob_store.h"

#include "adapters/aws/http_date.h"
#include "adapters/blob_s3/delete_objects.h"
#include "adapters/blob_s3/listing.h"
#include "adapters/blob_s3/multipart_put.h"
#include "adapters/blob_s3/object_source.h"
#include "base/base64.h"
#include "base/crash_point.h"
#include "base/crypto/md5.h"
#include "base/text.h"

namespace tintype {
namespace {

constexpr std::uint64_t kFirstPiece = std::uint64_t{1} << 20;
constexpr std::size_t kListReply = std::size_t{8} << 20;  // 1,000 keys of 1,024 bytes, and their fields
constexpr int kConflictAttempts = 3;

Result<void> check_call(std::string_view step, std::string_view key, Deadline deadline) {
  if (!is_valid_blob_key(key)) return fail(ErrorCode::ValidationFailed, "not a valid blob key", std::string(key));
  if (deadline.expired()) {
    return fail(ErrorCode::DeadlineExceeded, "the picture store took too long; try again later", std::string(step));
  }
  return {};
}

std::string action(std::string_view step, std::string_view key) {
  return std::string(step) + ' ' + std::string(key);
}

tl::unexpected<Error> nonsense(std::string_view what) {
  return fail(ErrorCode::StoreUnavailable, "the picture store answers nonsense", std::string(what));
}

bool is_absent(const aws::AwsError& error) {
  return error.status == 404 && (error.code.empty() || error.code == "NoSuchKey");
}

}  // namespace

S3BlobStore::S3BlobStore(aws::AwsClient& client, Options options)
    : client_(client), options_(std::move(options)), bucket_(options_.bucket, options_.addressing) {}

Result<void> S3BlobStore::put(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                              Deadline deadline) {
  if (auto checked = check_call("put", key, deadline); !checked) return checked;
  const bool is_large = body.size() > options_.multipart_above;
  auto done = is_large ? put_in_parts(key, body, meta, deadline) : put_whole(key, body, meta, deadline);
  if (done) crash_point("blob.published");
  return done;
}

Result<void> S3BlobStore::put_whole(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                                    Deadline deadline) {
  aws::AwsRequest put = bucket_.request("PUT", key);
  put.headers = s3::fields_of(meta, options_.encryption);
  put.headers.emplace_back("If-None-Match", "*");
  if (options_.checksums) put.headers.emplace_back("x-amz-checksum-sha256", s3::checksum_of(body));
  put.body = body;
  for (int attempt = 1;; ++attempt) {
    crash_point("blob.publishing");
    const auto reply = client_.call(put, deadline);
    if (reply) return {};
    if (reply.error().status == 412)
      return fail(ErrorCode::AlreadyExists, "there is a picture under this key", std::string(key));
    // Two puts at one time; S3 asks both to come again (PutObject, ConditionalRequestConflict).
    const bool conflict = reply.error().status == 409 && attempt < kConflictAttempts;
    if (!conflict) return fail(aws::to_error(reply.error(), action("put", key)));
  }
}

Result<void> S3BlobStore::put_in_parts(std::string_view key, std::span<const std::byte> body, const BlobMeta& meta,
                                       Deadline deadline) {
  // Not every store looks at If-None-Match when parts are completed. The claim on the key does the rest.
  const auto there = stat(key, deadline);
  if (there) return fail(ErrorCode::AlreadyExists, "there is a picture under this key", std::string(key));
  if (there.error().code != ErrorCode::NotFound) return fail(there.error());
  auto parts = s3::MultipartPut::begin(client_, bucket_, std::string(key), s3::fields_of(meta, options_.encryption),
                                       options_.checksums, deadline);
  if (!parts) return fail(parts.error());
  if (auto sent = parts->send(body, options_.part_size, deadline); !sent) return sent;
  crash_point("blob.publishing");
  return parts->complete(deadline);
}

Result<OpenBlob> S3BlobStore::open(std::string_view key, Deadline deadline) {
  if (auto checked = check_call("open", key, deadline); !checked) return fail(checked.error());
  aws::AwsRequest get = bucket_.request("GET", key);
  get.headers = {{"Range", s3::range_field(0, kFirstPiece)}};
  get.reply_limit = kFirstPiece;
  auto reply = client_.call(get, deadline);
  if (!reply && reply.error().status == 416) return open_empty(key, deadline);
  if (!reply && is_absent(reply.error()))
    return fail(ErrorCode::NotFound, "there is no such picture", std::string(key));
  if (!reply) return fail(aws::to_error(reply.error(), action("open", key)));
  const auto size = s3::object_size(reply->headers);
  if (!size || reply->body.size() != std::min(*size, kFirstPiece)) return nonsense("the size of " + std::string(key));
  OpenBlob blob{.meta = s3::meta_of(reply->headers), .bytes = nullptr};
  blob.bytes = std::make_unique<s3::ObjectSource>(client_, bucket_, std::string(key),
                                                  std::string(aws::field_or_empty(reply->headers, "ETag")), *size,
                                                  std::move(reply->body));
  return blob;
}

// No range of nothing can be satisfied.
Result<OpenBlob> S3BlobStore::open_empty(std::string_view key, Deadline deadline) {
  const auto reply = client_.call(bucket_.request("HEAD", key), deadline);
  if (!reply && is_absent(reply.error()))
    return fail(ErrorCode::NotFound, "there is no such picture", std::string(key));
  if (!reply) return fail(aws::to_error(reply.error(), action("open", key)));
  return OpenBlob{s3::meta_of(reply->headers), std::make_unique<MemorySource>(std::vector<std::byte>())};
}

Result<BlobEntry> S3BlobStore::stat(std::string_view key, Deadline deadline) {
  if (auto checked = check_call("stat", key, deadline); !checked) return fail(checked.error());
  const auto reply = client_.call(bucket_.request("HEAD", key), deadline);
  if (!reply && is_absent(reply.error()))
    return fail(ErrorCode::NotFound, "there is no such picture", std::string(key));
  if (!reply) return fail(aws::to_error(reply.error(), action("stat", key)));
  const auto size = s3::object_size(reply->headers);
  const auto modified = aws::parse_http_date(aws::field_or_empty(reply->headers, "Last-Modified"));
  if (!size || !modified) return nonsense("the header of " + std::string(key));
  return BlobEntry{std::string(key), *size, *modified};
}

Result<std::optional<BlobUrl>> S3BlobStore::url(std::string_view key, UrlUse use, std::chrono::seconds lifetime,
                                                Deadline deadline) {
  if (auto checked = check_call("url", key, deadline); !checked) return fail(checked.error());
  auto url = client_.presign(bucket_.request(use == UrlUse::Head ? "HEAD" : "GET", key), lifetime, deadline);
  if (!url) return fail(url.error());
  return BlobUrl{std::move(url->text), url->lifetime};
}

Result<void> S3BlobStore::remove(std::string_view key, Deadline deadline) {
  if (auto checked = check_call("remove", key, deadline); !checked) return checked;
  const auto reply = client_.call(bucket_.request("DELETE", key), deadline);
  if (!reply && !is_absent(reply.error())) return fail(aws::to_error(reply.error(), action("remove", key)));
  crash_point("blob.removed");
  return {};
}

Result<void> S3BlobStore::remove_all(std::span<const std::string> keys, Deadline deadline) {
  for (const std::string& key : keys) {
    if (auto checked = check_call("remove", key, deadline); !checked) return checked;
  }
  while (!keys.empty()) {
    const auto first = keys.first(std::min(keys.size(), s3::kDeletedAtOnce));
    if (auto removed = remove_at_once(first, deadline); !removed) return removed;
    keys = keys.subspan(first.size());
  }
  return {};
}

// S3 wants a checksum of the body; Content-MD5 is the one that every store knows (DeleteObjects).
Result<void> S3BlobStore::remove_at_once(std::span<const std::string> keys, Deadline deadline) {
  const std::string body = s3::delete_body(keys);
  aws::AwsRequest post = bucket_.request("POST", {}, {{"delete", ""}});
  post.headers = {{"Content-Type", "application/xml"}, {"Content-MD5", base64_encode(md5(as_bytes(body)))}};
  post.body = as_bytes(body);
  post.reply_limit = kListReply;
  const auto reply = client_.call(post, deadline);
  if (!reply) return fail(aws::to_error(reply.error(), action("remove", keys.front()) + " and others"));
  const auto failures = s3::parse_delete_failures(reply->body);
  if (!failures) return nonsense("the outcome of a removal");
  if (!failures->empty()) {
    const s3::DeleteFailure& first = failures->front();
    return fail(ErrorCode::StoreUnavailable, "the picture store is not available; try again later",
                action("remove", first.key) + ": " + first.code + ' ' + first.message + " (" +
                    std::to_string(failures->size()) + " of " + std::to_string(keys.size()) + " failed)");
  }
  crash_point("blob.removed");
  return {};
}

Result<void> S3BlobStore::list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit,
                               Deadline deadline) {
  std::string token;
  do {
    aws::AwsRequest get = bucket_.request("GET", {}, {{"list-type", "2"}, {"prefix", std::string(prefix)}});
    if (!token.empty()) get.query.emplace_back("continuation-token", token);
    get.reply_limit = kListReply;
    const auto reply = client_.call(get, deadline);
    if (!reply) return fail(aws::to_error(reply.error(), action("list", prefix)));
    const auto page = s3::parse_list(reply->body);
    if (!page) return nonsense("a page of a list");
    for (const BlobEntry& entry : page->entries) {
      if (!visit(entry)) return {};
    }
    token = page->next;
  } while (!token.empty());
  return {};
}

Result<int> S3BlobStore::remove_unfinished(UnixTime before, Deadline deadline) {
  int removed = 0;
  s3::UploadPage page;
  do {
    aws::AwsRequest get = bucket_.request("GET", {}, {{"uploads", ""}});
    if (page.truncated) {
      get.query.emplace_back("key-marker", page.next_key);
      get.query.emplace_back("upload-id-marker", page.next_upload_id);
    }
    get.reply_limit = kListReply;
    const auto reply = client_.call(get, deadline);
    if (!reply) return fail(aws::to_error(reply.error(), "list unfinished uploads"));
    auto next = s3::parse_uploads(reply->body);
    if (!next) return nonsense("a page of unfinished uploads");
    page = std::move(*next);
    for (const s3::Upload& upload : page.uploads) {
      if (upload.initiated >= before) continue;
      auto aborted = s3::abort_upload(client_, bucket_, upload.key, upload.upload_id, deadline);
      if (!aborted) return fail(aborted.error());
      ++removed;
    }
  } while (page.truncated);
  return removed;
}

Result<void> S3BlobStore::check(Deadline deadline) {
  const auto reply = client_.call(bucket_.request("HEAD"), deadline);
  return reply ? Result<void>() : fail(aws::to_error(reply.error(), action("look at bucket", bucket_.name())));
}

Result<void> S3BlobStore::create_bucket(Deadline deadline) {
  const auto reply = client_.call(bucket_.request("PUT"), deadline);
  if (reply || reply.error().code == "BucketAlreadyOwnedByYou") return {};
  return fail(aws::to_error(reply.error(), action("create bucket", bucket_.name())));
}

}  // namespace tintype
