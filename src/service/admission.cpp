#include "service/admission.h"

#include <algorithm>

namespace tintype {
namespace {

tl::unexpected<Error> no_turn() {
  return fail(ErrorCode::Overloaded, "too many images are being processed; try again shortly",
              "no turn before the deadline");
}

}  // namespace

void Admission::Ticket::release() {
  if (admission_ != nullptr) std::exchange(admission_, nullptr)->leave(bytes_);
}

Result<Admission::Ticket> Admission::enter(std::uint64_t bytes, Deadline deadline) {
  bytes = std::min(bytes, limits_.memory_budget);
  std::unique_lock lock(mutex_);
  if (line_.empty() && fits(bytes)) return take(bytes);
  if (static_cast<int>(line_.size()) >= limits_.waiting) {
    return fail(ErrorCode::Overloaded, "too many images are being processed; try again shortly", "admission line full");
  }
  Turn turn{.bytes = bytes};
  line_.push_back(&turn);
  if (!wait_for(turn, deadline, lock)) return no_turn();
  return Ticket(*this, bytes);
}

Result<Admission::Ticket> Admission::enter_behind(std::uint64_t bytes, Deadline deadline) {
  bytes = std::min(bytes, limits_.memory_budget);
  std::unique_lock lock(mutex_);
  if (line_.empty() && behind_.empty() && fits(bytes)) return take(bytes);
  Turn turn{.bytes = bytes};
  behind_.push_back(&turn);
  if (wait_for(turn, Deadline::after(limits_.patience).earlier_of(deadline), lock)) return Ticket(*this, bytes);
  if (deadline.expired()) return no_turn();
  line_.push_back(&turn);
  grant_turns();
  if (!wait_for(turn, deadline, lock)) return no_turn();
  return Ticket(*this, bytes);
}

// False: it was not granted in time, and is in no line any more.
bool Admission::wait_for(Turn& turn, Deadline deadline, std::unique_lock<std::mutex>& lock) {
  const auto granted = [&turn] { return turn.granted; };
  if (deadline.is_never()) {
    turn.ready.wait(lock, granted);
    return true;
  }
  if (turn.ready.wait_until(lock, deadline.time_point(), granted)) return true;
  std::erase(line_, &turn);
  std::erase(behind_, &turn);
  grant_turns();  // who stood behind may fit where this one did not
  return false;
}

Admission::Ticket Admission::take(std::uint64_t bytes) {
  ++running_;
  reserved_ += bytes;
  return Ticket(*this, bytes);
}

bool Admission::fits(std::uint64_t bytes) const {
  return running_ < limits_.slots && reserved_ + bytes <= limits_.memory_budget;
}

void Admission::grant_turns() {
  grant_from(line_);
  if (line_.empty()) grant_from(behind_);
}

void Admission::grant_from(std::deque<Turn*>& line) {
  while (!line.empty()) {
    const auto next = next_in(line);
    Turn* const turn = *next;
    if (!fits(turn->bytes)) return;
    line.erase(next);
    ++running_;
    reserved_ += turn->bytes;
    turn->granted = true;
    turn->ready.notify_one();
  }
}

std::deque<Admission::Turn*>::iterator Admission::next_in(std::deque<Turn*>& line) const {
  const bool is_too_much = Deadline::Clock::now() - line.front()->arrived > limits_.long_wait;
  return is_too_much ? line.end() - 1 : line.begin();
}

void Admission::leave(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  --running_;
  reserved_ -= bytes;
  grant_turns();
}

int Admission::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

int Admission::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(line_.size());
}

int Admission::behind() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(behind_.size());
}

std::uint64_t Admission::reserved_bytes() const {
  const std::lock_guard lock(mutex_);
  return reserved_;
}

namespace {

// What decoding holds beyond the output, by format. Measured as the growth of a process over one render;
// docs/operations.md has the table.
std::uint64_t decoder_bytes(const ImageHeader& header, std::uint64_t pixels, std::uint64_t output_pixels) {
  const std::uint64_t bytes_per_pixel = static_cast<std::uint64_t>(header.bands) * (header.bits_per_band > 8 ? 2 : 1);
  switch (header.format) {
    case ImageFormat::Jpeg:  // baseline is streamed; progressive keeps all its coefficients, two bytes each
      return header.progressive ? pixels * 2 * header.bands : 0;
    case ImageFormat::Png:  // interlaced is kept whole; else a band of about 640 lines
      return header.progressive ? pixels * bytes_per_pixel
                                : 640 * static_cast<std::uint64_t>(header.width) * bytes_per_pixel;
    case ImageFormat::Webp:
      break;
  }
  // Decoded in one piece, at up to twice the output's edges.
  return 8 * std::min(pixels, 4 * output_pixels);
}

}  // namespace

std::uint64_t predicted_bytes(const ImageHeader& header, const RenderSpec& spec) {
  constexpr std::uint64_t kFixed = 30'000'000;
  constexpr std::uint64_t kOutputBytesPerPixel = 10;  // RGB(A), its rotated copy, libwebp's YUV picture and tokens
  const std::uint64_t pixels = static_cast<std::uint64_t>(header.width) * header.height;
  const Size output = output_size(spec, {header.upright_width(), header.upright_height()});
  const std::uint64_t output_pixels = static_cast<std::uint64_t>(output.width) * output.height;
  return kFixed + kOutputBytesPerPixel * output_pixels + decoder_bytes(header, pixels, output_pixels);
}

}  // namespace tintype
