#pragma once

#include <cstdint>

#include "ports/image_engine.h"
#include "service/admission.h"

namespace tintype {

// What uploads are turned into, and what is refused before any pixel is decoded.
struct PictureLimits {
  std::uint64_t max_pixels = 64'000'000;
  RenderSpec main;
  RenderSpec thumbnail;
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
    // Whether any of the work so far had to wait for a process to start.
    bool cold_start() const { return cold_start_; }
    // With a ThumbHash. Errors: those of ImageEngine::render.
    Result<RenderedImage> main(Deadline deadline);
    Result<RenderedImage> thumbnail(Deadline deadline);
    // Lets the next upload in; nothing more may be rendered.
    void done() { ticket_.release(); }

   private:
    friend class PictureMaker;
    Job(PictureMaker& maker, const EncodedImage& file, const ProbedImage& probed, Admission::Ticket ticket)
        : maker_(maker),
          file_(file),
          header_(probed.header),
          cold_start_(probed.cold_start),
          ticket_(std::move(ticket)) {}
    Result<RenderedImage> render(const RenderSpec& spec, Deadline deadline);
    PictureMaker& maker_;
    EncodedImage file_;
    ImageHeader header_;
    bool cold_start_;
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
