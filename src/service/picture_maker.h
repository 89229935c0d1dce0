#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "base/bounded_executor.h"
#include "ports/image_engine.h"
#include "service/admission.h"

namespace tintype {

// What uploads are turned into, and what is refused before any pixel is decoded.
struct PictureLimits {
  std::uint64_t max_pixels = 64'000'000;
  RenderSpec main;
  RenderSpec thumbnail;
  std::string thumbnail_recipe = {};  // what is kept of how it was made (model/recipe.h)
};

// Turns one uploaded file into its pictures, under the admission policy.
//
// Thread safety: all methods may be called concurrently; immutable after construction.
class PictureMaker {
 public:
  // `second` runs the work that is done beside other work of the same upload; a thread per slot of `admission` is
  // enough.
  PictureMaker(ImageEngine& engine, Admission& admission, BoundedExecutor& second, PictureLimits limits)
      : engine_(engine), admission_(admission), second_(second), limits_(limits) {}

  // An upload that has been let in. Its methods block for the image work itself. What `file` borrows must outlive it.
  class Job {
   public:
    const ImageHeader& header() const { return header_; }
    // Whether reading the header had to wait for a process to start.
    bool cold_start() const { return cold_start_; }
    // With a ThumbHash. Errors: those of ImageEngine::render. May be called while thumbnail() is, under try_beside().
    Result<RenderedImage> main(Deadline deadline);
    Result<RenderedImage> thumbnail(Deadline deadline);
    // How long the engine has worked for it, side by side or not; to be called while it does not.
    std::chrono::steady_clock::duration engine_time() const { return probe_time_ + main_time_ + thumbnail_time_; }
    // Its turn: to be released when nothing more is rendered, so that the next upload is let in.
    Admission::Ticket& turn() { return ticket_; }
    // Runs `work` on another thread, with a turn of its own, if one can be had at this moment, and the engine is ready
    // for two pictures. Else returns false and runs nothing.
    bool try_beside(std::function<void(Admission::Ticket& turn)> work);

   private:
    friend class PictureMaker;
    using Time = std::chrono::steady_clock::duration;
    Job(PictureMaker& maker, const EncodedImage& file, const ProbedImage& probed, Time probe_time,
        Admission::Ticket ticket)
        : maker_(maker),
          file_(file),
          header_(probed.header),
          cold_start_(probed.cold_start),
          probe_time_(probe_time),
          ticket_(std::move(ticket)) {}
    PictureMaker& maker_;
    EncodedImage file_;
    ImageHeader header_;
    bool cold_start_;
    Time probe_time_;
    Time main_time_{};  // each written by the thread that renders it
    Time thumbnail_time_{};
    Admission::Ticket ticket_;
  };

  // Reads the header, checks it, and waits for a turn. Errors: InvalidFileType, ImageUndecodable, ImageTooLarge
  // (members "limit" and "actual"), Overloaded.
  Result<Job> begin(const EncodedImage& file, Deadline deadline);

  const PictureLimits& limits() const { return limits_; }

 private:
  ImageEngine& engine_;
  Admission& admission_;
  BoundedExecutor& second_;
  const PictureLimits limits_;
};

// Whether an image with this header may be decoded. Errors: ImageUndecodable, ImageTooLarge.
Result<void> check_header(const ImageHeader& header, const PictureLimits& limits);

}  // namespace tintype
