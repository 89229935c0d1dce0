#include "main/init_command.h"

#include <cstdio>

#include "main/store_composition.h"

namespace tintype {

int run_init_command(const config::Settings& settings) {
  if (auto made = init_stores(settings); !made) {
    std::fprintf(stderr, "tintype: %s\n", made.error().public_message.c_str());
    return 1;
  }
  std::printf("ready: %s\n", settings.data_dir.c_str());
  return 0;
}

}  // namespace tintype
