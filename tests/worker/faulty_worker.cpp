// tintype-worker with a decoder that was taken over: an image file that ends in "fault:<name>" makes it do what an
// attacker would, or a bug. Everything around it (zygote, sandbox, protocol) is the real thing.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <map>
#include <thread>

#include "adapters/engine_vips/vips_engine.h"
#include "base/text.h"
#include "worker/zygote.h"

namespace tintype {
namespace {

// Each leaves a byte in the public message of its error when it gets away with it, so that a test sees the difference.
Error got_away(const std::string& what) {
  return {ErrorCode::Internal, "got away with " + what, {}, {}};
}
Error refused(const std::string& what) {
  return {ErrorCode::ImageUndecodable, "refused: " + what, {}, {}};
}

void hang() {
  for (volatile long turn = 0;; turn = turn + 1) {
  }
}

void close_all() {
  for (int descriptor = 0; descriptor < 64; ++descriptor) ::close(descriptor);
}

Error read_file() {
  return ::open("/etc/passwd", O_RDONLY) >= 0 ? got_away("open") : refused("open");
}

Error allocate() {
  constexpr std::size_t kBlock = 16UL << 20;
  constexpr std::size_t kEnough = 8UL << 30;  // far beyond any limit a test sets
  std::size_t total = 0;
  std::vector<void*> blocks;
  while (total < kEnough) {
    void* const block = std::malloc(kBlock);
    if (block == nullptr) break;
    // A byte, so that no compiler leaves it out. The limit is of address space: to touch all of it would take seconds.
    *static_cast<volatile char*>(block) = 1;
    blocks.push_back(block);
    total += kBlock;
  }
  for (void* const block : blocks) std::free(block);
  return total < kEnough ? refused("malloc after " + std::to_string(total >> 20) + " MiB") : got_away("malloc");
}

void write_protected() {
  void* const page = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile char*>(page) = 1;
}

Error map_executable() {
  void* const page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED ? refused("mmap") : got_away("mmap");
}

Error count_descriptors() {
  int open = 0;
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    if (::lseek(descriptor, 0, SEEK_CUR) >= 0 || errno != EBADF) ++open;
  }
  return refused(std::to_string(open) + " descriptors");
}

Error count_environment() {
  int variables = 0;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) ++variables;
  // VIPSHOME, which it set itself, is all there may be.
  return refused(std::to_string(variables) + " variables");
}

using Fault = std::function<Error()>;
const std::map<std::string, Fault, std::less<>>& faults() {
  static const std::map<std::string, Fault, std::less<>> all = {
      {"segv", [] { return write_protected(), got_away("segv"); }},
      {"abort", []() -> Error { std::abort(); }},
      {"exit", []() -> Error { ::_exit(7); }},
      {"hang", [] { return hang(), got_away("hang"); }},
      {"play-dead", [] { return close_all(), hang(), got_away("play-dead"); }},
      {"open", read_file},
      {"allocate", allocate},
      {"descriptors", count_descriptors},
      {"environment", count_environment},
      {"map-executable", map_executable},
      {"socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0), got_away("socket"); }},
      {"fork", [] { return ::fork() == 0 ? ::_exit(0) : void(), got_away("fork"); }},
      {"exec", [] { return ::execl("/bin/true", "true", nullptr), got_away("exec"); }},
      {"kill-parent", [] { return ::kill(::getppid(), SIGTERM), got_away("kill"); }},
  };
  return all;
}

class FaultyEngine final : public ImageEngine {
 public:
  explicit FaultyEngine(StageObserver observer) : engine_(std::move(observer)) {}

  Result<ProbedImage> probe(const EncodedImage& file, Deadline deadline) override {
    if (auto error = fault(file)) return fail(std::move(*error));
    return engine_.probe(file, deadline);
  }
  Result<std::vector<RenderedImage>> render_all(const EncodedImage& file, std::span<const RenderSpec> specs,
                                                Deadline deadline) override {
    if (auto error = fault(file)) return fail(std::move(*error));
    return engine_.render_all(file, specs, deadline);
  }

 private:
  static std::optional<Error> fault(const EncodedImage& file) {
    const std::string_view text = as_text(file.bytes);
    const std::size_t at = text.rfind("fault:");
    if (at == std::string_view::npos || text.size() - at > 32) return std::nullopt;
    const auto found = faults().find(text.substr(at + 6));
    if (found == faults().end()) return std::nullopt;
    return found->second();
  }

  VipsEngine engine_;
};

}  // namespace
}  // namespace tintype

int main(int argc, char** argv) {
  using namespace tintype;
  ::_exit(worker::zygote_main(
      argc, argv, [](StageObserver observer) { return std::make_unique<FaultyEngine>(std::move(observer)); }));
}
