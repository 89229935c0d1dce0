#include "adapters/blob_s3/multipart_put.h"

#include <deque>
#include <utility>

#include "adapters/aws/service_fault.h"
#include "adapters/aws/xml.h"
#include "adapters/blob_s3/object_fields.h"
#include "base/text.h"

namespace tintype::s3 {
namespace {

constexpr std::size_t kPartsAtOnce = 4;
constexpr std::chrono::seconds kTimeToAbort{5};  // the deadline of the put may be why it failed

}  // namespace

Result<MultipartPut> MultipartPut::begin(aws::AwsClient& client, const Bucket& bucket, std::string key,
                                         aws::Fields fields, bool checksums, Deadline deadline) {
  aws::AwsRequest create = bucket.request("POST", key, {{"uploads", ""}});
  create.headers = std::move(fields);
  if (checksums) create.headers.emplace_back("x-amz-checksum-algorithm", "SHA256");
  const auto reply = client.call(create, deadline);
  if (!reply) return fail(aws::to_error(reply.error(), "begin the parts of " + key));
  const auto xml = aws::parse_xml(reply->body);
  const std::string upload_id = xml ? std::string(xml->child_text("UploadId")) : std::string();
  if (upload_id.empty()) return fail(ErrorCode::StoreUnavailable, "the picture store answers nonsense", "no UploadId");
  return MultipartPut(client, bucket, std::move(key), upload_id, checksums);
}

MultipartPut::MultipartPut(MultipartPut&& other) noexcept
    : client_(other.client_),
      bucket_(other.bucket_),
      key_(other.key_),
      upload_id_(std::exchange(other.upload_id_, {})),
      has_checksums_(other.has_checksums_),
      etags_(std::move(other.etags_)),
      checksums_(std::move(other.checksums_)) {}

MultipartPut::~MultipartPut() {
  if (upload_id_.empty()) return;
  // Best effort: remove_unfinished finds what stays.
  static_cast<void>(abort_upload(client_, bucket_, key_, upload_id_, Deadline::after(kTimeToAbort)));
}

aws::AwsRequest MultipartPut::part_request(std::size_t number, std::span<const std::byte> part) const {
  aws::AwsRequest request =
      bucket_.request("PUT", key_, {{"partNumber", std::to_string(number)}, {"uploadId", upload_id_}});
  request.body = part;
  if (has_checksums_) request.headers.emplace_back("x-amz-checksum-sha256", checksums_.at(number - 1));
  return request;
}

Result<void> MultipartPut::send(std::span<const std::byte> body, std::size_t part_size, Deadline deadline) {
  std::deque<aws::PendingCall> under_way;
  std::size_t begun = 0;
  while (begun * part_size < body.size() || !under_way.empty()) {
    if (begun * part_size < body.size() && under_way.size() < kPartsAtOnce) {
      const auto rest = body.subspan(begun * part_size);
      const auto part = rest.first(std::min(part_size, rest.size()));
      if (has_checksums_) checksums_.push_back(checksum_of(part));
      under_way.push_back(client_.start(part_request(++begun, part), deadline));
      continue;
    }
    const auto reply = under_way.front().get();
    under_way.pop_front();
    if (!reply) return fail(aws::to_error(reply.error(), "put a part of " + key_));
    etags_.emplace_back(aws::field_or_empty(reply->headers, "ETag"));
  }
  return {};
}

std::string MultipartPut::completion() const {
  std::string xml = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < etags_.size(); ++i) {
    xml +=
        "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + aws::xml_escape(etags_[i]) + "</ETag>";
    if (has_checksums_) xml += "<ChecksumSHA256>" + checksums_[i] + "</ChecksumSHA256>";
    xml += "</Part>";
  }
  return xml + "</CompleteMultipartUpload>";
}

// S3 may answer 200 and put an error into the body: it answers before it knows, so as not to let the client wait.
Result<void> MultipartPut::complete(Deadline deadline) {
  const std::string xml = completion();
  aws::AwsRequest request = bucket_.request("POST", key_, {{"uploadId", upload_id_}});
  request.headers = {{"Content-Type", "application/xml"}, {"If-None-Match", "*"}};
  request.body = as_bytes(xml);
  const auto reply = client_.call(request, deadline);
  aws::AwsError error = reply ? aws::AwsError{.status = reply->status} : reply.error();
  if (reply) error.code = aws::read_xml_fault(reply->body).code;
  if (reply && error.code.empty()) {
    upload_id_.clear();
    return {};
  }
  if (error.status == 412 || error.code == "PreconditionFailed") {
    return fail(ErrorCode::AlreadyExists, "there is a picture under this key", key_);
  }
  return fail(aws::to_error(error, "complete " + key_));
}

Result<void> abort_upload(aws::AwsClient& client, const Bucket& bucket, std::string_view key,
                          std::string_view upload_id, Deadline deadline) {
  const auto reply = client.call(bucket.request("DELETE", key, {{"uploadId", std::string(upload_id)}}), deadline);
  if (reply || reply.error().code == "NoSuchUpload" || reply.error().status == 404) return {};
  return fail(aws::to_error(reply.error(), "abort the parts of " + std::string(key)));
}

}  // namespace tintype::s3
