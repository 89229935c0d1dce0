#pragma once

#include "config/settings.h"

namespace tintype {

// `tintype migrate`, as typed.
struct MigrateCommandOptions {
  enum class Stores {
    Embedded,  // files and SQLite in the data directory
    Scale,     // the bucket and the tables that the settings name
  };
  Stores from = Stores::Embedded;  // --from
  Stores to = Stores::Scale;       // --to
  int parallel = 8;                // --parallel
};

// A run of service/migrate.h, with its progress on stderr if that is a terminal, and a JSON object of what it has done
// on stdout. Servers may run on the source. SIGINT and SIGTERM end it; run again, it goes on. Returns the exit code: 0
// if all is copied; 1 if it could not be done or was ended; 2 if some records could not be copied.
int run_migrate_command(const config::Settings& settings, const MigrateCommandOptions& options);

}  // namespace tintype
