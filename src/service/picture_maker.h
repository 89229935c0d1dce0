#pragma once

#include <chrono>
#include <cstdint>
#include <string>

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
  PictureMaker(ImageEngine& engine, Admission& admission, PictureLimits limits)
      : engine_(engine), admission_(admission), limits_(limits) {}

  // An upload that has been let in. Its methods block for the image work itself. What `file` borrows must outlive it.
  class Job {
   public:
    const ImageHeader& header() const { return header_; }
    // Whether reading the header had to wait for a process to start.
    bool cold_start() const { return cold_start_; }
    // The main picture with a ThumbHash, and the thumbnail, by one decode of the file. Errors: those of
    // ImageEngine::render_all.
    Result<RenderedImage> main(Deadline deadline);
    struct Both {
      RenderedImage main, thumbnail;
    };
    Result<Both> both(Deadline deadline);
    // How long the engine has worked for it.
    std::chrono::steady_clock::duration engine_time() const { return engine_time_; }
    // Its turn: to be released when nothing more is rendered, so that the next upload is let in.
    Admission::Ticket& turn() { return ticket_; }

   private:
    friend class PictureMaker;
    using Time = std::chrono::steady_clock::duration;
    Job(PictureMaker& maker, const EncodedImage& file, const ProbedImage& probed, Time probe_time,
        Admission::Ticket ticket)
        : maker_(maker),
          file_(file),
          header_(probed.header),
          cold_start_(probed.cold_start),
          engine_time_(probe_time),
          ticket_(std::move(ticket)) {}
    PictureMaker& maker_;
    EncodedImage file_;
    ImageHeader header_;
    bool cold_start_;
    Time engine_time_;
    Admission::Ticket ticket_;
  };

  // Reads the header, checks it, and waits for a turn. Errors: InvalidFileType, ImageUndecodable, ImageTooLarge
  // (members "limit" and "actual"), Overloaded.
  Result<Job> begin(const EncodedImage& file, Deadline deadline);

  const PictureLimits& limits() const { return limits_; }

 private:
  ImageEngine& engine_;
  Admission& admission_;
  const PictureLimits limits_;
};

// Whether an image with this header may be decoded. Errors: ImageUndecodable, ImageTooLarge.
Result<void> check_header(const ImageHeader& header, const PictureLimits& limits);

}  // namespace tintype
