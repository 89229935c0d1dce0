#include "main/in_process_engine.h"

#include <dlfcn.h>

#include "adapters/engine_worker/zygote_process.h"
#include "main/engine_module/engine_module.h"

namespace tintype {
namespace {

tl::unexpected<Error> cannot_load(const std::string& why) {
  return fail(ErrorCode::Internal, "engine=inprocess needs " + std::string(engine_module::kFile) +
                                       " beside the program tintype, of the same version: " + why +
                                       ". Install it, or set TINTYPE_ENGINE=worker");
}

}  // namespace

Result<std::unique_ptr<ImageEngine>> load_in_process_engine(StageObserver observer) {
  const auto file = program_beside_this(engine_module::kFile);
  void* const module = ::dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);  // for good: libvips cannot be unloaded
  if (module == nullptr) return cannot_load(::dlerror());
  const auto* const version = static_cast<const char*>(::dlsym(module, engine_module::kVersion));
  const auto make = reinterpret_cast<engine_module::Make>(::dlsym(module, engine_module::kMake));
  if (version == nullptr || make == nullptr) return cannot_load(file.string() + " is something else");
  if (std::string_view(version) != TINTYPE_VERSION) return cannot_load("that one is " + std::string(version));
  return std::unique_ptr<ImageEngine>(make(std::move(observer)));
}

}  // namespace tintype
