#include "adapters/cache_memory/tag_generations.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"

namespace tintype {
namespace {

constexpr std::size_t kEverything = TagGenerations::kCounters;  // the index behind those of the tags
constexpr std::size_t kFileBytes = (TagGenerations::kCounters + 1) * sizeof(std::uint64_t);

// FNV-1a (draft-eastlake-fnv): the same in every process, which std::hash does not promise.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char byte : text) value = (value ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return value ^ (value >> 32U);
}

tl::unexpected<Error> cannot_open(const std::filesystem::path& file) {
  return fail(ErrorCode::StoreUnavailable, "cannot open " + file.string() + ": " + std::strerror(errno));
}

}  // namespace

TagGenerations::TagGenerations() : owned_(std::make_unique<Counter[]>(kCounters + 1)), counters_(owned_.get()) {}

Result<std::unique_ptr<TagGenerations>> TagGenerations::shared(const std::filesystem::path& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.get() < 0) return cannot_open(file);
  // Its room is reserved: a page that got none when it is written to would end the process with SIGBUS. What is added
  // is zeros, and no number in it changes.
  if (const int error = ::posix_fallocate(fd.get(), 0, kFileBytes); error != 0) {
    errno = error;
    return cannot_open(file);
  }
  void* const mapped = ::mmap(nullptr, kFileBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (mapped == MAP_FAILED) return cannot_open(file);
  return std::unique_ptr<TagGenerations>(new TagGenerations(static_cast<Counter*>(mapped)));  // private constructor
}

TagGenerations::~TagGenerations() {
  if (mapped_ != nullptr) ::munmap(static_cast<void*>(mapped_), kFileBytes);
}

std::size_t TagGenerations::index_of(std::string_view tag) {
  return hash(tag) % kCounters;
}

// Pairs of an index and the number found there, so that a look at whether it has changed hashes nothing.
std::vector<std::uint64_t> TagGenerations::read(std::span<const std::string> tags) const {
  std::vector<std::uint64_t> seen;
  seen.reserve(2 * (tags.size() + 1));
  const auto add = [&](std::size_t index) {
    seen.push_back(index);
    seen.push_back(counters_[index].load(std::memory_order_acquire));
  };
  add(kEverything);
  for (const std::string& tag : tags) add(index_of(tag));
  return seen;
}

bool TagGenerations::unchanged(std::span<const std::uint64_t> seen) const {
  for (std::size_t i = 0; i + 1 < seen.size(); i += 2) {
    if (counters_[seen[i]].load(std::memory_order_acquire) != seen[i + 1]) return false;
  }
  return !seen.empty();
}

void TagGenerations::advance(std::string_view tag) {
  counters_[index_of(tag)].fetch_add(1, std::memory_order_acq_rel);
}

void TagGenerations::advance_everything() {
  counters_[kEverything].fetch_add(1, std::memory_order_acq_rel);
}

}  // namespace tintype
