#include "main/doctor/token_checks.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "main/jwt_secret.h"

namespace tintype {
namespace {

constexpr std::size_t kRecommended = 32;  // bytes; RFC 7518 section 3.2
constexpr mode_t kOfOthers = 077;

CheckOutcome check_configured(std::size_t length) {
  const std::string detail = "configured, " + std::to_string(length) + " bytes";
  if (length >= kRecommended) return passed(detail);
  return warned(detail, "make it 32 random bytes or more: a short one can be guessed, and then anybody is any user");
}

CheckOutcome check_generated(const std::filesystem::path& data_dir) {
  const std::filesystem::path path = data_dir / "jwt_secret";
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return passed("none yet: the first start makes one");
    return failed(path.string() + ": " + std::generic_category().message(errno), "let the service read it");
  }
  if ((status.st_mode & kOfOthers) != 0) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", status.st_mode & 07777U);
    return failed(path.string() + " has mode " + mode + ": others than its owner can use it",
                  "chmod 600 " + path.string() +
                      "; if others may have read it, remove it for a new one, which ends all "
                      "tokens");
  }
  const auto secret = generated_jwt_secret(data_dir);  // reads it, as it is there
  if (!secret) return failed(secret.error(), "remove it to have a new one made, which ends all tokens");
  return passed("generated, " + std::to_string(secret->size()) + " bytes, for its owner only");
}

}  // namespace

CheckArea token_checks(const config::Settings& settings) {
  Check secret{.name = "secret", .run = {}};
  if (settings.jwt_secret.empty()) {
    secret.run = [data_dir = settings.data_dir](Deadline) { return check_generated(data_dir); };
    secret.needs = {"data-dir/directory"};
  } else {
    secret.run = [length = settings.jwt_secret.size()](Deadline) { return check_configured(length); };
  }
  return {.name = "tokens", .checks = {std::move(secret)}};
}

}  // namespace tintype
