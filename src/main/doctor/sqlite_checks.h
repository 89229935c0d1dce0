#pragma once

#include <filesystem>

#include "service/diagnosis.h"

namespace tintype {

// The file that metadata=sqlite keeps, without changing it. Needs "data-dir/directory". What opens the file as the
// service does should need "sqlite/schema": it would bring an older one up to date.
CheckArea sqlite_checks(const std::filesystem::path& file);

// Whether a database file is sound; passes if there is none.
CheckOutcome check_database_if_there(const std::filesystem::path& file, Deadline deadline);

}  // namespace tintype
