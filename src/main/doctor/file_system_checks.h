#pragma once

#include <filesystem>

#include "service/diagnosis.h"

namespace tintype {

// What the file system of the data directory is, and whether it can do what the service does there: `has_sqlite` says
// whether it keeps the records, too.
CheckOutcome check_file_system(const std::filesystem::path& data_dir, bool has_sqlite);

// Whether a write reaches the disk, and how long that takes, which every upload waits for.
CheckOutcome check_sync(const std::filesystem::path& data_dir);

// Of statfs(2), for has_sqlite as above. `kind`: its f_type.
CheckOutcome judge_kind(unsigned long kind, bool has_sqlite, const std::string& abilities);

}  // namespace tintype
