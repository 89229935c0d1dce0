#include "adapters/engine_worker/protocol/messages.h"

#include <array>
#include <limits>

#include "adapters/engine_worker/protocol/wire.h"

namespace tintype::worker_protocol {
namespace {

constexpr std::size_t kMaxErrorText = 1024;
constexpr int kMaxEdge = 1 << 26;  // libvips' own limit is 10 million pixels
constexpr int kMaxPages = 1 << 26;
constexpr microseconds kLongest = std::chrono::hours(24 * 366);

// First byte of each message, so that one can never be taken for another.
enum class Tag : std::uint8_t { ZygoteReady = 0x51, Forked, WorkerReady, Job, Header, Pictures, Error };

void put_tag(WireWriter& out, Tag tag) {
  out.number(static_cast<std::uint8_t>(tag));
}
void put_time(WireWriter& out, microseconds time) {
  out.number(static_cast<std::int64_t>(time.count()));
}

bool take_tag(WireReader& in, Tag tag) {
  return in.number<std::uint8_t>() == static_cast<std::uint8_t>(tag);
}
microseconds take_time(WireReader& in) {
  return microseconds(in.number_within<std::int64_t>(0, kLongest.count()));
}
bool take_flag(WireReader& in) {
  return in.number_within<std::uint8_t>(0, 1) != 0;
}

template <typename Message>
std::optional<Message> if_complete(const WireReader& in, Message message) {
  if (!in.complete()) return std::nullopt;
  return message;
}

// In the order of their numbers on the wire.
constexpr std::array kEngineErrors = {ErrorCode::InvalidFileType, ErrorCode::ImageUndecodable, ErrorCode::ImageTooLarge,
                                      ErrorCode::DeadlineExceeded, ErrorCode::Internal};

std::uint8_t error_number(ErrorCode code) {
  const auto* const found = std::find(kEngineErrors.begin(), kEngineErrors.end(), code);
  return static_cast<std::uint8_t>(found == kEngineErrors.end() ? kEngineErrors.size() - 1
                                                                : found - kEngineErrors.begin());
}

void put(WireWriter& out, const ImageHeader& header) {
  put_tag(out, Tag::Header);
  out.number(static_cast<std::uint8_t>(header.format));
  for (const int value :
       {header.width, header.height, header.bands, header.bits_per_band, header.orientation, header.pages}) {
    out.number(static_cast<std::int32_t>(value));
  }
  out.number(static_cast<std::uint8_t>(header.progressive));
}

ImageHeader take_header(WireReader& in) {
  ImageHeader header;
  header.format =
      static_cast<ImageFormat>(in.number_within<std::uint8_t>(0, static_cast<std::uint8_t>(ImageFormat::Webp)));
  header.width = in.number_within<std::int32_t>(0, kMaxEdge);
  header.height = in.number_within<std::int32_t>(0, kMaxEdge);
  header.bands = in.number_within<std::int32_t>(0, 64);
  header.bits_per_band = in.number_within<std::int32_t>(1, 128);
  header.orientation = in.number_within<std::int32_t>(1, 8);
  header.pages = in.number_within<std::int32_t>(1, kMaxPages);
  header.progressive = take_flag(in);
  return header;
}

void put(WireWriter& out, const Pictures& pictures) {
  put_tag(out, Tag::Pictures);
  out.number(static_cast<std::uint8_t>(pictures.size()));
  for (const Picture& picture : pictures) {
    out.number(picture.bytes);
    out.number(static_cast<std::int32_t>(picture.width));
    out.number(static_cast<std::int32_t>(picture.height));
    out.text(as_text(picture.thumb_hash), kMaxThumbHash);
  }
}

Picture take_picture(WireReader& in) {
  Picture picture;
  picture.bytes = in.number_within<std::uint64_t>(1, kMaxPictureBytes);
  picture.width = in.number_within<std::int32_t>(1, kMaxWebpEdge);
  picture.height = in.number_within<std::int32_t>(1, kMaxWebpEdge);
  const std::string hash = in.text(kMaxThumbHash);
  picture.thumb_hash.assign(as_bytes(hash).begin(), as_bytes(hash).end());
  return picture;
}

Pictures take_pictures(WireReader& in) {
  Pictures pictures(in.number_within<std::uint8_t>(1, kMostPictures));
  for (Picture& picture : pictures) picture = take_picture(in);
  return pictures;
}

void put(WireWriter& out, const RenderSpec& spec) {
  out.number(static_cast<std::uint8_t>(spec.fit));
  for (const int value : {spec.width, spec.height, spec.quality, spec.effort}) {
    out.number(static_cast<std::int32_t>(value));
  }
  out.number(static_cast<std::uint8_t>(spec.placeholder));
}

RenderSpec take_spec(WireReader& in) {
  RenderSpec spec;
  spec.fit = static_cast<RenderSpec::Fit>(in.number_within<std::uint8_t>(0, 1));
  spec.width = in.number_within<std::int32_t>(0, kMaxWebpEdge);
  spec.height = in.number_within<std::int32_t>(0, kMaxWebpEdge);
  spec.quality = in.number_within<std::int32_t>(1, 100);
  spec.effort = in.number_within<std::int32_t>(0, 6);
  spec.placeholder = take_flag(in);
  return spec;
}

void put(WireWriter& out, const Error& error) {
  put_tag(out, Tag::Error);
  out.number(error_number(error.code));
  out.text(error.public_message, kMaxErrorText);
  out.text(error.detail, kMaxErrorText);
  std::vector<const ErrorMember*> numbers;
  for (const ErrorMember& member : error.members) {
    if (std::holds_alternative<std::int64_t>(member.value) && numbers.size() < 4) numbers.push_back(&member);
  }
  out.number(static_cast<std::uint8_t>(numbers.size()));
  for (const ErrorMember* member : numbers) {
    out.text(member->name, 16);
    out.number(std::get<std::int64_t>(member->value));
  }
}

// The only members that an engine gives; whoever reads the answer relies on their names.
bool is_known_member(std::string_view name) {
  return name == "limit" || name == "actual";
}

std::optional<Error> take_error(WireReader& in) {
  Error error;
  error.code = kEngineErrors.at(in.number_within<std::uint8_t>(0, kEngineErrors.size() - 1));
  error.public_message = in.text(kMaxErrorText);
  error.detail = in.text(kMaxErrorText);
  const auto members = in.number_within<std::uint8_t>(0, 4);
  for (int i = 0; i < members; ++i) {
    std::string name = in.text(16);
    const auto value = in.number<std::int64_t>();
    if (!is_known_member(name)) return std::nullopt;
    error.members.push_back({std::move(name), value});
  }
  return error;
}

std::optional<std::variant<ImageHeader, Pictures, Error>> take_outcome(WireReader& in) {
  switch (static_cast<Tag>(in.number<std::uint8_t>())) {
    case Tag::Header:
      return take_header(in);
    case Tag::Pictures:
      return take_pictures(in);
    case Tag::Error:
      if (auto error = take_error(in)) return std::move(*error);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<std::byte> encode(const ZygoteReady& message) {
  WireWriter out;
  put_tag(out, Tag::ZygoteReady);
  put_time(out, message.load);
  return std::move(out).finish();
}

std::optional<ZygoteReady> decode_zygote_ready(std::span<const std::byte> datagram) {
  WireReader in(datagram);
  if (!take_tag(in, Tag::ZygoteReady)) return std::nullopt;
  const ZygoteReady message{take_time(in)};
  return if_complete(in, message);
}

std::vector<std::byte> encode(const Forked& message) {
  WireWriter out;
  put_tag(out, Tag::Forked);
  out.number(message.pid);
  out.number(message.error);
  return std::move(out).finish();
}

std::optional<Forked> decode_forked(std::span<const std::byte> datagram) {
  WireReader in(datagram);
  if (!take_tag(in, Tag::Forked)) return std::nullopt;
  Forked message;
  message.pid = in.number_within<std::int32_t>(0, std::numeric_limits<std::int32_t>::max());
  message.error = in.number_within<std::int32_t>(0, 4095);
  return if_complete(in, message);
}

std::vector<std::byte> encode(const WorkerReady& message) {
  WireWriter out;
  put_tag(out, Tag::WorkerReady);
  out.number(static_cast<std::uint8_t>(message.sandboxed));
  put_time(out, message.load);
  put_time(out, message.warm_up);
  return std::move(out).finish();
}

std::optional<WorkerReady> decode_worker_ready(std::span<const std::byte> datagram) {
  WireReader in(datagram);
  if (!take_tag(in, Tag::WorkerReady)) return std::nullopt;
  WorkerReady message;
  message.sandboxed = take_flag(in);
  message.load = take_time(in);
  message.warm_up = take_time(in);
  return if_complete(in, message);
}

std::vector<std::byte> encode(const Job& message) {
  WireWriter out;
  put_tag(out, Tag::Job);
  out.number(static_cast<std::uint8_t>(message.kind));
  out.number(static_cast<std::uint8_t>(message.specs.size()));
  for (const RenderSpec& spec : message.specs) put(out, spec);
  out.number(message.file_bytes);
  put_time(out, message.time);
  return std::move(out).finish();
}

std::optional<Job> decode_job(std::span<const std::byte> datagram) {
  WireReader in(datagram);
  if (!take_tag(in, Tag::Job)) return std::nullopt;
  Job message;
  message.kind = static_cast<Job::Kind>(in.number_within<std::uint8_t>(0, 1));
  // A probe has none, a render at least one.
  const bool is_render = message.kind == Job::Kind::Render;
  message.specs.resize(in.number_within<std::uint8_t>(is_render ? 1 : 0, is_render ? kMostPictures : 0));
  for (RenderSpec& spec : message.specs) spec = take_spec(in);
  message.file_bytes = in.number<std::uint64_t>();
  message.time = take_time(in);
  return if_complete(in, message);
}

std::vector<std::byte> encode(const JobReply& message) {
  WireWriter out;
  std::visit([&out](const auto& outcome) { put(out, outcome); }, message.outcome);
  const std::size_t stages = std::min(message.stages.size(), kMostStageTimes);
  out.number(static_cast<std::uint8_t>(stages));
  for (std::size_t i = 0; i < stages; ++i) {
    out.number(static_cast<std::uint8_t>(message.stages[i].stage));
    put_time(out, message.stages[i].took);
  }
  return std::move(out).finish();
}

std::optional<JobReply> decode_job_reply(std::span<const std::byte> datagram) {
  WireReader in(datagram);
  auto outcome = take_outcome(in);
  if (!outcome) return std::nullopt;
  JobReply message{std::move(*outcome)};
  const auto stages = in.number_within<std::uint8_t>(0, kMostStageTimes);
  for (int i = 0; i < stages; ++i) {
    const auto stage = static_cast<Stage>(in.number_within<std::uint8_t>(0, kStages - 1));
    message.stages.push_back({stage, take_time(in)});
  }
  return if_complete(in, std::move(message));
}

namespace {
constexpr std::array<std::string_view, kStages> kStageNames = {"probe", "decode", "placeholder", "encode"};
}  // namespace

std::string_view stage_name(Stage stage) {
  return kStageNames.at(static_cast<std::size_t>(stage));
}

std::optional<Stage> stage_named(std::string_view name) {
  const auto* const found = std::find(kStageNames.begin(), kStageNames.end(), name);
  if (found == kStageNames.end()) return std::nullopt;
  return static_cast<Stage>(found - kStageNames.begin());
}

}  // namespace tintype::worker_protocol
