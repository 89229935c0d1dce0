// The processes below a service, or below the test itself, as /proc shows them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace tintype::testing_support {

inline constexpr const char* kWorkerName = "image-worker";
inline constexpr const char* kZygoteName = "worker-zygote";

// The living children of `parent` with this name (PR_SET_NAME).
std::vector<pid_t> children_of(pid_t parent, const std::string& name);

// A field of /proc/PID/status, without the white space around it; empty if there is none.
std::string status_field(pid_t pid, const std::string& field);

// What its descriptors point at: "/dev/null", "socket:[123]".
std::vector<std::string> descriptors_of(pid_t pid);

// Peak resident memory of a process and its children now living, each by itself, KiB.
long peak_resident_kib_of_family(pid_t parent);

// Waits until `condition` holds; false if it does not within `patience`.
bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds patience = std::chrono::seconds(20));

}  // namespace tintype::testing_support
