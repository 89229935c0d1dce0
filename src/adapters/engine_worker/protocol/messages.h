// What the service, the zygote and the image workers say to each other: one datagram (SOCK_SEQPACKET) each, contents of
// files beside it as descriptors.
//
//   zygote  -> service   ZygoteReady                                    libvips is set up
//   service -> zygote    any datagram + the worker's end of a socket    fork a worker
//   zygote  -> service   Forked + a pidfd
//   worker  -> service   WorkerReady                                    warm and locked in
//   service -> worker    Job + the file                                 the descriptor cannot be written to
//   worker  -> service   JobReply (+ the pictures one after the other, a sealed memfd)
//
// A worker has met hostile bytes, so all that comes from one is hostile: decode_… gives nullopt for what is malformed
// or out of bounds, and never reads further.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "base/error.h"
#include "model/image_header.h"
#include "model/render_spec.h"

namespace tintype::worker_protocol {

using std::chrono::microseconds;

inline constexpr std::size_t kMaxMessage = 4096;  // bytes
// Where the zygote finds its end of the socket to the service.
inline constexpr int kControlDescriptor = 3;
// What is never read of a larger one; an upload is limited long before.
inline constexpr std::uint64_t kMaxPictureBytes = 1ULL << 31;
inline constexpr std::size_t kMaxThumbHash = 64;

struct ZygoteReady {
  microseconds load{};  // from the first line of main to libvips set up
};
std::vector<std::byte> encode(const ZygoteReady& message);
std::optional<ZygoteReady> decode_zygote_ready(std::span<const std::byte> datagram);

struct Forked {
  std::int32_t pid = 0;
  std::int32_t error = 0;  // errno; then there is no process
};
std::vector<std::byte> encode(const Forked& message);
std::optional<Forked> decode_forked(std::span<const std::byte> datagram);

struct WorkerReady {
  bool sandboxed = false;  // the seccomp filter is in force
  microseconds load{};     // from the fork to the first line that warms up
  microseconds warm_up{};  // the lock-in
};
std::vector<std::byte> encode(const WorkerReady& message);
std::optional<WorkerReady> decode_worker_ready(std::span<const std::byte> datagram);

struct Job {
  enum class Kind : std::uint8_t { Probe, Render };
  Kind kind = Kind::Probe;
  std::vector<RenderSpec> specs = {};  // of a Render, 1 to kMostPictures
  std::uint64_t file_bytes = 0;        // size of the descriptor beside it
  microseconds time{};                 // after which the worker should give up by itself
};
std::vector<std::byte> encode(const Job& message);
std::optional<Job> decode_job(std::span<const std::byte> datagram);

// What is in the descriptor beside the reply.
struct Picture {
  std::uint64_t bytes = 0;
  int width = 0;
  int height = 0;
  std::vector<std::byte> thumb_hash = {};
};

using Pictures = std::vector<Picture>;

enum class Stage : std::uint8_t { Probe, Decode, Placeholder, Encode };
inline constexpr std::size_t kStages = 4;
// As the StageObserver calls it; nullopt for a name that is none.
std::string_view stage_name(Stage stage);
std::optional<Stage> stage_named(std::string_view name);

inline constexpr std::size_t kMostStageTimes = 2 + 2 * kMostPictures;
struct StageTime {
  Stage stage = Stage::Probe;
  microseconds took{};
};

struct JobReply {
  std::variant<ImageHeader, Pictures, Error> outcome;  // Error: only codes that an engine may give
  std::vector<StageTime> stages = {};                  // at most kMostStageTimes
};
std::vector<std::byte> encode(const JobReply& message);
std::optional<JobReply> decode_job_reply(std::span<const std::byte> datagram);

}  // namespace tintype::worker_protocol
