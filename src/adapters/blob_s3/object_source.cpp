#include "adapters/blob_s3/object_source.h"

#include <algorithm>
#include <cstring>

#include "adapters/aws/aws_error.h"

namespace tintype::s3 {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

}  // namespace

std::string range_field(std::uint64_t offset, std::uint64_t length) {
  return "bytes=" + std::to_string(offset) + '-' + std::to_string(offset + length - 1);
}

Result<std::size_t> ObjectSource::read_at(std::uint64_t offset, std::span<std::byte> buffer, Deadline deadline) {
  if (deadline.expired()) return fail(ErrorCode::DeadlineExceeded, "reading took too long");
  if (offset >= size_ || buffer.empty()) return std::size_t{0};
  const bool is_here = offset >= piece_offset_ && offset - piece_offset_ < piece_.size();
  if (!is_here) {
    if (auto fetched = fetch(offset, deadline); !fetched) return fail(fetched.error());
  }
  const std::size_t begin = offset - piece_offset_;
  const std::size_t count = std::min(buffer.size(), piece_.size() - begin);
  std::memcpy(buffer.data(), piece_.data() + begin, count);
  return count;
}

Result<void> ObjectSource::fetch(std::uint64_t offset, Deadline deadline) {
  const std::uint64_t length = std::min<std::uint64_t>(kPiece, size_ - offset);
  aws::AwsRequest get = bucket_.request("GET", key_);
  get.headers = {{"Range", range_field(offset, length)}, {"If-Match", etag_}};
  get.reply_limit = length;
  auto reply = client_.call(get, deadline);
  if (!reply) {
    Error error = aws::to_error(reply.error(), "get a piece of " + key_);
    const bool gone = error.code == ErrorCode::NotFound || error.code == ErrorCode::VersionMismatch;
    if (gone) error = {ErrorCode::StoreUnavailable, "the picture was removed while it was read", key_};
    return fail(error);
  }
  if (reply->body.size() != length) {
    return fail(ErrorCode::StoreUnavailable, "a stored picture is shorter than recorded", key_);
  }
  piece_offset_ = offset;
  piece_ = std::move(reply->body);
  return {};
}

}  // namespace tintype::s3
