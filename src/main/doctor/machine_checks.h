#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "config/settings.h"
#include "service/diagnosis.h"

namespace tintype {

// What the machine, or the container, gives this process: descriptors and memory.
CheckArea machine_checks(const config::Settings& settings);

// `limit`: descriptors that a process may have open, after it has raised its soft limit to the hard one.
CheckOutcome judge_descriptors(std::uint64_t limit, int max_connections);

// Both in bytes; `cgroup_limit`: of the control group, if it has one.
CheckOutcome judge_memory(std::uint64_t budget, std::uint64_t machine, std::optional<std::uint64_t> cgroup_limit);

// The least memory that the control groups of this process allow, in bytes; nullopt if they set no limit. `groups` is
// /proc/self/cgroup and `root` /sys/fs/cgroup (cgroups(7), version 1 and 2).
std::optional<std::uint64_t> cgroup_memory_limit(const std::filesystem::path& groups,
                                                 const std::filesystem::path& root);

}  // namespace tintype
