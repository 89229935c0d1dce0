#pragma once

#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "adapters/engine_worker/protocol/sealed_memory.h"
#include "ports/image_engine.h"

namespace tintype::bench {

// An image file as the service has it: mapped, with a descriptor that can only be read.
class ImageOnDisk {
 public:
  explicit ImageOnDisk(const char* path)
      : fd_(::open(path, O_RDONLY | O_CLOEXEC)),
        mapping_(worker_protocol::FileMapping::of(fd_.get(), fd_ ? std::filesystem::file_size(path) : 0)) {
    if (fd_ && mapping_) return;
    std::fprintf(stderr, "%s cannot be read\n", path);
    std::exit(1);
  }
  EncodedImage image() const { return {mapping_->bytes(), fd_.get(), {}}; }
  int descriptor() const { return fd_.get(); }

 private:
  UniqueFd fd_;
  std::optional<worker_protocol::FileMapping> mapping_;
};

inline RenderSpec thumbnail_spec() {
  return {.fit = RenderSpec::Fit::Cover, .width = kThumbnailEdge, .height = kThumbnailEdge};
}

}  // namespace tintype::bench
