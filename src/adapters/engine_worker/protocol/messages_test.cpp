#include "adapters/engine_worker/protocol/messages.h"

#include <gmock/gmock.h>

#include <functional>
#include <limits>

#include "base/text.h"

namespace tintype::worker_protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Bytes = std::vector<std::byte>;

constexpr auto kLargest32 = std::numeric_limits<std::int32_t>::max();
constexpr microseconds kLongest = std::chrono::hours(24 * 366);
// Where a JobReply keeps what cannot be got wrong by way of a struct; numbers are not padded (wire.h).
constexpr std::size_t kErrorNumberAt = 1;
constexpr std::size_t kProgressiveAt = 26;
constexpr std::size_t kHeaderBytes = 27;

const ImageHeader kHeader{ImageFormat::Png, 640, 480, 4, 16, 6, 3, true};

Error full_error() {
  return {ErrorCode::ImageTooLarge,
          std::string(1024, 'm'),
          std::string(1024, 'd'),
          {{"limit", 1}, {"actual", 2}, {"limit", 3}, {"actual", 4}}};
}
std::vector<StageTime> all_stages() {
  return {{Stage::Probe, microseconds(1)},
          {Stage::Decode, microseconds(2)},
          {Stage::Placeholder, microseconds(3)},
          {Stage::Encode, kLongest}};
}

// An encoded message and whether its decoder takes some bytes.
struct Sample {
  std::string kind;
  Bytes bytes;
  std::function<bool(std::span<const std::byte>)> decodes;
};
template <typename Decoder>
auto accepts(Decoder decode) {
  return [decode](std::span<const std::byte> bytes) { return decode(bytes).has_value(); };
}
std::vector<Sample> samples() {
  return {{"ZygoteReady", encode(ZygoteReady{microseconds(5)}), accepts(decode_zygote_ready)},
          {"Forked", encode(Forked{7, 0}), accepts(decode_forked)},
          {"WorkerReady", encode(WorkerReady{true, microseconds(5), microseconds(6)}), accepts(decode_worker_ready)},
          {"Job", encode(Job{Job::Kind::Render, {{}, {}}, 100, microseconds(5)}), accepts(decode_job)},
          {"JobReply", encode(JobReply{kHeader, all_stages()}), accepts(decode_job_reply)},
          {"JobReply", encode(JobReply{Pictures{{9, 8, 7, Bytes(21)}, {6, 5, 4}}, all_stages()}),
           accepts(decode_job_reply)},
          {"JobReply", encode(JobReply{full_error(), all_stages()}), accepts(decode_job_reply)}};
}

Bytes with_byte(Bytes bytes, std::size_t at, int value) {
  bytes.at(at) = static_cast<std::byte>(value);
  return bytes;
}
bool accepted(const ZygoteReady& message) {
  return decode_zygote_ready(encode(message)).has_value();
}
bool accepted(const Forked& message) {
  return decode_forked(encode(message)).has_value();
}
bool accepted(const WorkerReady& message) {
  return decode_worker_ready(encode(message)).has_value();
}
bool accepted(const Job& message) {
  return decode_job(encode(message)).has_value();
}
std::vector<int> numbers_of(const RenderSpec& spec) {
  return {spec.width, spec.height, spec.quality, spec.effort};
}
bool accepted_spec(const RenderSpec& spec) {
  return accepted(Job{.kind = Job::Kind::Render, .specs = {spec}});
}
bool accepted_reply(const JobReply& message) {
  return decode_job_reply(encode(message)).has_value();
}
// kHeader with a change.
bool accepted_header(const std::function<void(ImageHeader&)>& change) {
  ImageHeader header = kHeader;
  change(header);
  return accepted_reply({header});
}

TEST(Messages, ZygoteReadyComesBack) {
  for (const microseconds load : {microseconds(0), microseconds(25'000), kLongest}) {
    EXPECT_EQ(decode_zygote_ready(encode(ZygoteReady{load})).value().load, load);
  }
}

TEST(Messages, ForkedComesBack) {
  for (const Forked message : {Forked{0, 0}, Forked{1234, 0}, Forked{kLargest32, 4095}}) {
    const auto decoded = decode_forked(encode(message)).value();
    EXPECT_EQ(decoded.pid, message.pid);
    EXPECT_EQ(decoded.error, message.error);
  }
}

TEST(Messages, WorkerReadyComesBack) {
  for (const bool sandboxed : {false, true}) {
    const auto decoded = decode_worker_ready(encode(WorkerReady{sandboxed, microseconds(3), kLongest})).value();
    EXPECT_EQ(decoded.sandboxed, sandboxed);
    EXPECT_EQ(decoded.load, microseconds(3));
    EXPECT_EQ(decoded.warm_up, kLongest);
  }
}

TEST(Messages, LeastJobComesBack) {
  const auto job = decode_job(encode(Job{})).value();
  EXPECT_EQ(job.kind, Job::Kind::Probe);
  EXPECT_THAT(job.specs, IsEmpty());
  EXPECT_EQ(job.file_bytes, 0U);
  EXPECT_EQ(job.time, microseconds(0));
}

TEST(Messages, LargestJobComesBack) {
  constexpr auto kMaxSize = std::numeric_limits<std::uint64_t>::max();
  const RenderSpec spec{RenderSpec::Fit::Cover, kMaxWebpEdge, kMaxWebpEdge - 1, 100, 6, true};
  const RenderSpec least{.quality = 1, .effort = 0};
  const auto job = decode_job(encode(Job{Job::Kind::Render, {spec, spec, spec, least}, kMaxSize, kLongest})).value();
  EXPECT_EQ(job.kind, Job::Kind::Render);
  ASSERT_THAT(job.specs, SizeIs(kMostPictures));
  EXPECT_EQ(job.specs[2].fit, RenderSpec::Fit::Cover);
  EXPECT_THAT(numbers_of(job.specs[2]), ElementsAre(kMaxWebpEdge, kMaxWebpEdge - 1, 100, 6));
  EXPECT_TRUE(job.specs[2].placeholder);
  EXPECT_EQ(job.specs[3].fit, RenderSpec::Fit::Inside);
  EXPECT_THAT(numbers_of(job.specs[3]), ElementsAre(0, 0, 1, 0));
  EXPECT_FALSE(job.specs[3].placeholder);
  EXPECT_EQ(job.file_bytes, kMaxSize);
  EXPECT_EQ(job.time, kLongest);
}

TEST(Messages, HeaderReplyComesBack) {
  const auto reply = decode_job_reply(encode(JobReply{kHeader})).value();
  const auto& header = std::get<ImageHeader>(reply.outcome);
  EXPECT_EQ(header.format, ImageFormat::Png);
  EXPECT_THAT(
      std::vector({header.width, header.height, header.bands, header.bits_per_band, header.orientation, header.pages}),
      ElementsAre(640, 480, 4, 16, 6, 3));
  EXPECT_TRUE(header.progressive);
}

TEST(Messages, PictureReplyComesBack) {
  const Picture sent{kMaxPictureBytes, kMaxWebpEdge, 1, Bytes(kMaxThumbHash, std::byte{0xA5})};
  const auto reply = decode_job_reply(encode(JobReply{Pictures{{1, 2, 3}, sent}})).value();
  ASSERT_THAT(std::get<Pictures>(reply.outcome), SizeIs(2));
  EXPECT_EQ(std::get<Pictures>(reply.outcome)[0].height, 3);
  const auto& picture = std::get<Pictures>(reply.outcome)[1];
  EXPECT_EQ(picture.bytes, kMaxPictureBytes);
  EXPECT_EQ(picture.width, kMaxWebpEdge);
  EXPECT_EQ(picture.height, 1);
  EXPECT_EQ(picture.thumb_hash, sent.thumb_hash);
}

TEST(Messages, ErrorReplyComesBack) {
  const Error sent{ErrorCode::ImageTooLarge,
                   "too large",
                   "17000 wide",
                   {{"limit", std::numeric_limits<std::int64_t>::min()}, {"actual", 17'000}}};
  const auto reply = decode_job_reply(encode(JobReply{sent})).value();
  const auto& error = std::get<Error>(reply.outcome);
  EXPECT_EQ(error.code, ErrorCode::ImageTooLarge);
  EXPECT_EQ(error.public_message, "too large");
  EXPECT_EQ(error.detail, "17000 wide");
  ASSERT_THAT(error.members, SizeIs(2));
  EXPECT_EQ(error.members[0].name, "limit");
  EXPECT_EQ(std::get<std::int64_t>(error.members[0].value), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(error.members[1].name, "actual");
  EXPECT_EQ(std::get<std::int64_t>(error.members[1].value), 17'000);
}

TEST(Messages, EveryErrorCodeOfAnEngineComesBack) {
  for (const ErrorCode code : {ErrorCode::InvalidFileType, ErrorCode::ImageUndecodable, ErrorCode::ImageTooLarge,
                               ErrorCode::DeadlineExceeded, ErrorCode::Internal}) {
    const auto reply = decode_job_reply(encode(JobReply{Error{code, "why"}})).value();
    EXPECT_EQ(std::get<Error>(reply.outcome).code, code) << code_name(code);
  }
}

TEST(Messages, OtherErrorCodesBecomeInternal) {
  const auto reply = decode_job_reply(encode(JobReply{Error{ErrorCode::NotAuthorized, "why"}})).value();
  EXPECT_EQ(std::get<Error>(reply.outcome).code, ErrorCode::Internal);
}

TEST(Messages, StagesComeBackInOrder) {
  const auto reply = decode_job_reply(encode(JobReply{kHeader, all_stages()})).value();
  ASSERT_THAT(reply.stages, SizeIs(kStages));
  EXPECT_EQ(reply.stages[0].stage, Stage::Probe);
  EXPECT_EQ(reply.stages[1].took, microseconds(2));
  EXPECT_EQ(reply.stages[3].stage, Stage::Encode);
  EXPECT_EQ(reply.stages[3].took, kLongest);
}

TEST(Messages, EveryTruncationIsRefused) {
  for (const Sample& sample : samples()) {
    ASSERT_TRUE(sample.decodes(sample.bytes)) << sample.kind;
    for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
      // A copy of just that size, so that AddressSanitizer sees a read beyond it.
      const Bytes cut(sample.bytes.begin(), sample.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(sample.decodes(cut)) << sample.kind << " cut to " << size;
    }
  }
}

TEST(Messages, AByteTooManyIsRefused) {
  for (Sample& sample : samples()) {
    sample.bytes.push_back(std::byte{0});
    EXPECT_FALSE(sample.decodes(sample.bytes)) << sample.kind;
  }
}

TEST(Messages, AnotherMessageIsRefused) {
  for (const Sample& one : samples()) {
    for (const Sample& other : samples()) {
      if (one.kind != other.kind) EXPECT_FALSE(one.decodes(other.bytes)) << other.kind << " as " << one.kind;
    }
  }
}

TEST(Messages, AWrongTagIsRefused) {
  for (const Sample& sample : samples()) {
    for (const int tag : {0, 0x50, 0x58, 0xFF}) {
      EXPECT_FALSE(sample.decodes(with_byte(sample.bytes, 0, tag))) << sample.kind << " with tag " << tag;
    }
  }
}

TEST(Messages, TimesOutOfRangeAreRefused) {
  for (const microseconds time : {microseconds(-1), kLongest + microseconds(1), microseconds::max()}) {
    EXPECT_FALSE(accepted(ZygoteReady{time}));
    EXPECT_FALSE(accepted(WorkerReady{.load = time}));
    EXPECT_FALSE(accepted(WorkerReady{.warm_up = time}));
    EXPECT_FALSE(accepted(Job{.time = time}));
    EXPECT_FALSE(accepted_reply({kHeader, {{Stage::Probe, time}}}));
  }
}

TEST(Messages, ForkedOutOfRangeIsRefused) {
  EXPECT_FALSE(accepted(Forked{-1, 0}));
  EXPECT_FALSE(accepted(Forked{0, -1}));
  EXPECT_FALSE(accepted(Forked{0, 4096}));
}

TEST(Messages, FlagsOtherThanZeroAndOneAreRefused) {
  EXPECT_FALSE(decode_worker_ready(with_byte(encode(WorkerReady{}), 1, 2)));
  EXPECT_FALSE(decode_job_reply(with_byte(encode(JobReply{kHeader}), kProgressiveAt, 2)));
}

TEST(Messages, JobOutOfRangeIsRefused) {
  EXPECT_FALSE(accepted(Job{.kind = static_cast<Job::Kind>(2)}));
  EXPECT_FALSE(accepted_spec({.fit = static_cast<RenderSpec::Fit>(2)}));
  for (const int edge : {-1, kMaxWebpEdge + 1}) {
    EXPECT_FALSE(accepted_spec({.width = edge})) << edge;
    EXPECT_FALSE(accepted_spec({.height = edge})) << edge;
  }
  for (const int quality : {0, 101}) EXPECT_FALSE(accepted_spec({.quality = quality})) << quality;
  for (const int effort : {-1, 7}) EXPECT_FALSE(accepted_spec({.effort = effort})) << effort;
}

TEST(Messages, HeaderOutOfRangeIsRefused) {
  EXPECT_FALSE(accepted_header([](ImageHeader& header) { header.format = static_cast<ImageFormat>(3); }));
  for (const int edge : {-1, kLargest32}) {
    EXPECT_FALSE(accepted_header([edge](ImageHeader& header) { header.width = edge; })) << edge;
    EXPECT_FALSE(accepted_header([edge](ImageHeader& header) { header.height = edge; })) << edge;
  }
  for (const int bands : {-1, 65}) {
    EXPECT_FALSE(accepted_header([bands](ImageHeader& header) { header.bands = bands; })) << bands;
  }
  for (const int bits : {0, 129}) {
    EXPECT_FALSE(accepted_header([bits](ImageHeader& header) { header.bits_per_band = bits; })) << bits;
  }
  for (const int orientation : {0, 9}) {
    EXPECT_FALSE(accepted_header([orientation](ImageHeader& header) { header.orientation = orientation; }));
  }
  for (const int pages : {0, kLargest32}) {
    EXPECT_FALSE(accepted_header([pages](ImageHeader& header) { header.pages = pages; })) << pages;
  }
}

TEST(Messages, PictureOutOfRangeIsRefused) {
  EXPECT_TRUE(accepted_reply({Pictures{{1, 1, 1}}}));
  EXPECT_FALSE(accepted_reply({Pictures{{0, 1, 1}}}));
  EXPECT_FALSE(accepted_reply({Pictures{{kMaxPictureBytes + 1, 1, 1}}}));
  for (const int edge : {-1, 0, kMaxWebpEdge + 1}) {
    EXPECT_FALSE(accepted_reply({Pictures{{1, edge, 1}}})) << edge;
    EXPECT_FALSE(accepted_reply({Pictures{{1, 1, edge}}})) << edge;
  }
}

TEST(Messages, UnknownErrorNumberIsRefused) {
  EXPECT_FALSE(decode_job_reply(with_byte(encode(JobReply{Error{}}), kErrorNumberAt, 5)));
}

TEST(Messages, UnknownMemberNameIsRefused) {
  EXPECT_FALSE(accepted_reply({Error{ErrorCode::Internal, "why", {}, {{"retryAfter", 1}}}}));
}

TEST(Messages, UnknownStageIsRefused) {
  EXPECT_FALSE(accepted_reply({kHeader, {{static_cast<Stage>(kStages), microseconds(1)}}}));
}

TEST(Messages, MoreStageTimesThanThereCanBeAreRefused) {
  const std::vector<StageTime> most(kMostStageTimes, {Stage::Encode, microseconds(1)});
  Bytes bytes = encode(JobReply{kHeader, most});
  EXPECT_TRUE(decode_job_reply(bytes));
  bytes.resize(bytes.size() + 1 + sizeof(std::int64_t));
  EXPECT_FALSE(decode_job_reply(with_byte(bytes, kHeaderBytes, kMostStageTimes + 1)));
}

TEST(Messages, NumberOfPicturesOutOfRangeIsRefused) {
  EXPECT_FALSE(accepted_reply({Pictures{}}));
  EXPECT_FALSE(accepted_reply({Pictures(kMostPictures + 1, Picture{1, 1, 1})}));
  EXPECT_FALSE(accepted(Job{.kind = Job::Kind::Render, .specs = {}}));
  EXPECT_FALSE(accepted(Job{.kind = Job::Kind::Render, .specs = std::vector<RenderSpec>(kMostPictures + 1)}));
  EXPECT_FALSE(accepted(Job{.kind = Job::Kind::Probe, .specs = {{}}}));
}

TEST(Messages, ATextOverItsLimitIsRefused) {
  const Bytes bytes = encode(JobReply{Pictures{{1, 1, 1, Bytes(kMaxThumbHash)}}});
  constexpr std::size_t kHashSizeAt = 2 + sizeof(std::uint64_t) + 2 * sizeof(std::int32_t);
  // The byte that counts the stages, 0, is in the text now; one more takes its place.
  Bytes longer = with_byte(bytes, kHashSizeAt, kMaxThumbHash + 1);
  longer.push_back(std::byte{0});
  EXPECT_FALSE(decode_job_reply(longer));
}

TEST(Messages, EncodeCutsLongTexts) {
  const Error sent{ErrorCode::Internal, std::string(1024, 'm') + "x", std::string(70'000, 'd')};
  const auto reply = decode_job_reply(encode(JobReply{sent})).value();
  EXPECT_EQ(std::get<Error>(reply.outcome).public_message, std::string(1024, 'm'));
  EXPECT_EQ(std::get<Error>(reply.outcome).detail, std::string(1024, 'd'));
}

TEST(Messages, EncodeCutsALongThumbHash) {
  const auto reply = decode_job_reply(encode(JobReply{Pictures{{1, 1, 1, Bytes(kMaxThumbHash + 1)}}})).value();
  EXPECT_THAT(std::get<Pictures>(reply.outcome).at(0).thumb_hash, SizeIs(kMaxThumbHash));
}

TEST(Messages, EncodeLeavesOutMembersThatAreTexts) {
  const Error sent{ErrorCode::Internal, "why", {}, {{"limit", std::string("a lot")}, {"actual", 3}}};
  const auto reply = decode_job_reply(encode(JobReply{sent})).value();
  ASSERT_THAT(std::get<Error>(reply.outcome).members, SizeIs(1));
  EXPECT_EQ(std::get<Error>(reply.outcome).members[0].name, "actual");
}

TEST(Messages, EncodeLeavesOutWhatIsTooMany) {
  Error error = full_error();
  error.members.push_back({"limit", 5});
  const std::vector<StageTime> stages(kMostStageTimes + 1, {Stage::Encode, microseconds(5)});
  const auto reply = decode_job_reply(encode(JobReply{error, stages})).value();
  EXPECT_THAT(std::get<Error>(reply.outcome).members, SizeIs(4));
  EXPECT_THAT(reply.stages, SizeIs(kMostStageTimes));
}

TEST(Messages, TheLongestFitsADatagram) {
  const std::vector<StageTime> stages(kMostStageTimes, {Stage::Encode, kLongest});
  const Pictures pictures(kMostPictures, Picture{1, 1, 1, Bytes(kMaxThumbHash)});
  EXPECT_LE(encode(JobReply{full_error(), stages}).size(), kMaxMessage);
  EXPECT_LE(encode(JobReply{pictures, stages}).size(), kMaxMessage);
}

TEST(Messages, StageNamesComeBack) {
  for (const Stage stage : {Stage::Probe, Stage::Decode, Stage::Placeholder, Stage::Encode}) {
    EXPECT_EQ(stage_named(stage_name(stage)), stage);
  }
}

TEST(Messages, UnknownStageNameIsNone) {
  EXPECT_EQ(stage_named("fetch"), std::nullopt);
}

}  // namespace
}  // namespace tintype::worker_protocol
