#include "adapters/engine_vips/vips_runtime.h"

#include <vips/vips.h>

#include <vips/vector.h>  // needs the other before it

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace tintype {
namespace {

// Debian's base-passwd policy keeps this path from ever existing.
constexpr const char* kNoSuchDirectory = "/nonexistent";

// libvips warns on stderr about every odd file; what matters comes back as an error.
void drop_log(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

void silence_log() {
  const auto below_error = static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK & ~G_LOG_LEVEL_ERROR & ~G_LOG_LEVEL_CRITICAL);
  g_log_set_handler("VIPS", below_error, drop_log, nullptr);
}

// In libvips 8.14 a blocked loader still sniffs, and poppler even parses: this is the second wall, not the first. The
// first is the magic-byte test, after which a loader is called by name (image_file.cpp).
void block_loaders() {
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"}) {
    vips_operation_block_set(loader, FALSE);
  }
}

void start() {
  silence_log();
  if (vips_init("tintype") != 0) {
    std::fprintf(stderr, "libvips does not start: %s", vips_error_buffer());
    std::abort();
  }
  silence_log();                   // vips_init may have put its own handler there
  vips_vector_set_enabled(FALSE);  // orc writes programs into memory, which a worker must not; plane_scaler.h is faster
  vips_concurrency_set(1);  // one image per core: decoding and WebP encoding are serial, more threads gain nothing
  vips_cache_set_max(0);    // no two uploads share an operation
  vips_cache_set_max_mem(0);
  vips_cache_set_max_files(0);
  block_loaders();
}

struct ThreadRelease {
  ThreadRelease() = default;
  ~ThreadRelease() { vips_thread_shutdown(); }
  ThreadRelease(const ThreadRelease&) = delete;
  ThreadRelease& operator=(const ThreadRelease&) = delete;
};

}  // namespace

void hide_vips_modules() {
  ::setenv("VIPSHOME", kNoSuchDirectory, 0);
}

void init_vips() {
  static std::once_flag once;
  std::call_once(once, start);
}

void read_vips_classes() {
  vips_class_map_all(VIPS_TYPE_OPERATION,
                     reinterpret_cast<VipsClassMapFn>(+[](VipsObjectClass*, void*) -> void* { return nullptr; }),
                     nullptr);
}

void release_vips_at_thread_end() {
  static thread_local const ThreadRelease release;
}

}  // namespace tintype
