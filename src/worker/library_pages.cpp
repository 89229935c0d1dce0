#include "worker/library_pages.h"

#include <sys/mman.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace tintype::worker {
namespace {

// A line of /proc/PID/maps, which is the first of each mapping in smaps (proc_pid_smaps(5)).
struct Mapping {
  std::uintptr_t begin = 0, end = 0;
  bool of_file = false, writable = false;
};

bool parse(const std::string& line, Mapping& mapping) {
  char permissions[5] = {};
  unsigned long begin = 0, end = 0, inode = 0;
  if (std::sscanf(line.c_str(), "%lx-%lx %4s %*x %*x:%*x %lu", &begin, &end, permissions, &inode) != 4) return false;
  mapping = {begin, end, inode != 0, permissions[1] == 'w'};
  return true;
}

}  // namespace

void give_back_library_pages() {
  std::ifstream maps("/proc/self/smaps");
  Mapping mapping;
  for (std::string line; std::getline(maps, line);) {
    if (parse(line, mapping) || !mapping.of_file || mapping.writable) continue;
    // Pages that were relocated and then protected are this process's own, and lost with MADV_DONTNEED.
    unsigned long own = 0;
    if (std::sscanf(line.c_str(), "Anonymous: %lu kB", &own) != 1 || own != 0) continue;
    ::madvise(reinterpret_cast<void*>(mapping.begin), mapping.end - mapping.begin, MADV_DONTNEED);
  }
}

}  // namespace tintype::worker
