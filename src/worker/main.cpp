// tintype-worker: the process that reads hostile bytes. It links no storage, network or crypto code
// (tools/check_worker_link.py), so there is nothing in it worth taking over.
#include <unistd.h>

#include "adapters/engine_vips/vips_engine.h"
#include "worker/zygote.h"

int main(int argc, char** argv) {
  using namespace tintype;
  const int code = worker::zygote_main(
      argc, argv, [](StageObserver observer) { return std::make_unique<VipsEngine>(std::move(observer)); });
  // Nothing is buffered, and a process without threads must not wait for those that libvips thinks it has.
  ::_exit(code);
}
