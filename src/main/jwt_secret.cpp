#include "main/jwt_secret.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/base64.h"
#include "base/random.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace tintype {
namespace {

tl::unexpected<Error> secret_error(const std::filesystem::path& path, const char* what) {
  return fail(ErrorCode::StoreUnavailable,
              "cannot " + std::string(what) + ' ' + path.string() + ": " + std::generic_category().message(errno));
}

Result<std::string> read_secret(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string secret;
  if (!std::getline(file, secret) || secret.size() < 32) {
    return fail(ErrorCode::StoreUnavailable,
                path.string() + " holds no secret of 32 characters or more; remove it to have a new one made");
  }
  return secret;
}

// Written aside and linked into place, so that nobody ever reads half a secret and the first one wins.
Result<void> make_secret(const std::filesystem::path& path) {
  std::array<std::byte, 32> random;
  fill_random(random);
  const std::string line = base64url_encode(random) + '\n';
  std::string name = path.string() + ".XXXXXX";
  const UniqueFd file(::mkostemp(name.data(), O_CLOEXEC));  // mode 0600
  if (!file) return secret_error(path, "create");
  const bool written =
      ::write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(file.get()) == 0;
  const bool linked = written && (::link(name.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int reason = errno;
  ::unlink(name.c_str());
  errno = reason;
  if (!linked) return secret_error(path, "write");
  return {};
}

}  // namespace

Result<std::string> generated_jwt_secret(const std::filesystem::path& data_dir) {
  const std::filesystem::path path = data_dir / "jwt_secret";
  if (::access(path.c_str(), F_OK) != 0) {
    if (auto made = make_secret(path); !made) return fail(made.error());
  }
  return read_secret(path);
}

}  // namespace tintype
