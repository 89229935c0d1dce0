// Loaded before a server that cannot be told where to listen (LD_PRELOAD): what would be bound to every address of the
// machine is bound to 127.0.0.1. DynamoDB Local has no option for it, and on a laptop it would be open to the network.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace {

using Bind = int (*)(int, const sockaddr*, socklen_t);

int real_bind(int descriptor, const sockaddr* address, socklen_t size) {
  static const auto next = reinterpret_cast<Bind>(::dlsym(RTLD_NEXT, "bind"));
  return next(descriptor, address, size);
}

// Copies, since the caller's structure may be const, and memcpy since it need not be aligned for its family.
int bind_v4(int descriptor, const sockaddr* address, socklen_t size) {
  sockaddr_in copy{};
  std::memcpy(&copy, address, sizeof copy);
  if (copy.sin_addr.s_addr == htonl(INADDR_ANY)) copy.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return real_bind(descriptor, reinterpret_cast<const sockaddr*>(&copy), size);
}

// An IPv6 socket that takes IPv4 too, as Java opens them, is bound to 127.0.0.1 in its mapped form.
int bind_v6(int descriptor, const sockaddr* address, socklen_t size) {
  sockaddr_in6 copy{};
  std::memcpy(&copy, address, sizeof copy);
  if (IN6_IS_ADDR_UNSPECIFIED(&copy.sin6_addr)) ::inet_pton(AF_INET6, "::ffff:127.0.0.1", &copy.sin6_addr);
  return real_bind(descriptor, reinterpret_cast<const sockaddr*>(&copy), size);
}

}  // namespace

extern "C" int bind(int descriptor, const sockaddr* address, socklen_t size) noexcept {
  if (address != nullptr && address->sa_family == AF_INET && size == sizeof(sockaddr_in))
    return bind_v4(descriptor, address, size);
  if (address != nullptr && address->sa_family == AF_INET6 && size == sizeof(sockaddr_in6))
    return bind_v6(descriptor, address, size);
  return real_bind(descriptor, address, size);
}
