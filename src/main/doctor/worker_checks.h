#pragma once

#include "config/settings.h"
#include "service/diagnosis.h"

namespace tintype {

// Whether image workers can be started, and whether the kernel contains them. Needs "data-dir/directory", where the
// quarantine list is. For engine=worker.
CheckArea worker_checks(const config::Settings& settings);

}  // namespace tintype
