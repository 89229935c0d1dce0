#include "service/admission.h"

#include <algorithm>

namespace tintype {

void Admission::Ticket::release() {
  if (admission_ != nullptr) std::exchange(admission_, nullptr)->leave(bytes_);
}

Result<Admission::Ticket> Admission::enter(std::uint64_t bytes, Deadline deadline) {
  bytes = std::min(bytes, limits_.memory_budget);
  std::unique_lock lock(mutex_);
  if (!line_.empty() || !fits(bytes)) {
    if (static_cast<int>(line_.size()) >= limits_.waiting) {
      return fail(ErrorCode::Overloaded, "too many images are being processed; try again shortly",
                  "admission line full");
    }
    Turn turn{bytes, {}, false};
    line_.push_back(&turn);
    const auto granted = [&turn] { return turn.granted; };
    if (deadline.is_never()) {
      turn.ready.wait(lock, granted);
    } else if (!turn.ready.wait_until(lock, deadline.time_point(), granted)) {
      line_.erase(std::find(line_.begin(), line_.end(), &turn));
      grant_turns();  // who stood behind may fit where this one did not
      return fail(ErrorCode::Overloaded, "too many images are being processed; try again shortly",
                  "no turn before the deadline");
    }
    return Ticket(*this, bytes);
  }
  ++running_;
  reserved_ += bytes;
  return Ticket(*this, bytes);
}

bool Admission::fits(std::uint64_t bytes) const {
  return running_ < limits_.slots && reserved_ + bytes <= limits_.memory_budget;
}

void Admission::grant_turns() {
  while (!line_.empty() && fits(line_.front()->bytes)) {
    Turn* turn = line_.front();
    line_.pop_front();
    ++running_;
    reserved_ += turn->bytes;
    turn->granted = true;
    turn->ready.notify_one();
  }
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

std::uint64_t Admission::reserved_bytes() const {
  const std::lock_guard lock(mutex_);
  return reserved_;
}

std::uint64_t predicted_bytes(const ImageHeader& header, const RenderSpec& spec) {
  const std::uint64_t source_pixels = static_cast<std::uint64_t>(header.width) * header.height;
  const Size output = output_size(spec, {header.upright_width(), header.upright_height()});
  const std::uint64_t output_pixels = static_cast<std::uint64_t>(output.width) * output.height;
  const std::uint64_t sample = header.bits_per_band > 8 ? 2 : 1;

  // WebP is decoded in one piece; a progressive JPEG or an interlaced PNG keeps all coefficients or rows (3 B/px of an
  // RGB picture).
  const bool whole = header.progressive || header.format == ImageFormat::Webp;
  const std::uint64_t decode = whole ? source_pixels * header.bands * sample : source_pixels / 4;
  // RGB(A) pixels, their rotated copy, and libwebp's YUV picture with its tokens.
  const std::uint64_t encode = output_pixels * 10;
  constexpr std::uint64_t kFixed = 16U << 20U;
  return kFixed + decode + encode;
}

}  // namespace tintype
