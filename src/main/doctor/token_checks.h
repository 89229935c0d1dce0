#pragma once

#include "config/settings.h"
#include "service/diagnosis.h"

namespace tintype {

// The secret that tokens are signed with. Needs "data-dir/directory" if it is a generated one.
CheckArea token_checks(const config::Settings& settings);

}  // namespace tintype
