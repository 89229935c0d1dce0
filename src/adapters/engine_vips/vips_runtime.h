// libvips is set up once for the whole process; these are the two steps of that.
#pragma once

namespace tintype {

// Keeps vips_init from loading its modules (poppler, ImageMagick, OpenSlide, HEIF, JPEG XL): no format of ours needs
// them, their sniffers run code on every unknown file, and without them start-up takes 25 ms instead of 43. Call it
// before the first thread (it sets VIPSHOME) and before init_vips. A VIPSHOME that is already set is respected.
void hide_vips_modules();

// Starts libvips with one thread per image, no caches, and every loader blocked but JPEG, PNG and WebP. Aborts if
// libvips cannot start. Calls after the first do nothing. Thread-safe. Starts no thread, so the process may still fork.
void init_vips();

// Does what libvips would do at the first use of each operation, without running one, for a process that will be
// forked. After init_vips.
void read_vips_classes();

// libvips keeps buffers for each thread that runs a pipeline: call this on such a thread, and they are given back when
// the thread ends.
void release_vips_at_thread_end();

}  // namespace tintype
