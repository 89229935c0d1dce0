#pragma once

#include <dirent.h>

#include <memory>

namespace tintype {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// Owns what fdopendir(3) gives, and with it the descriptor.
using DirectoryStream = std::unique_ptr<DIR, CloseDirectory>;

}  // namespace tintype
