#include "main/serve_command.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "main/blob_delivery.h"
#include "main/composition.h"
#include "main/cores.h"
#include "main/process_setup.h"
#include "transport/socket_server.h"

namespace tintype {
namespace {

constexpr std::size_t kRecommendedSecret = 32;  // bytes; RFC 7518 section 3.2
constexpr auto kWarmUpTime = std::chrono::seconds(30);
constexpr int kExitOnSecondSignal = 128 + SIGTERM;

transport::ServerOptions server_options(const config::Settings& settings) {
  transport::ServerOptions options;
  options.listen = settings.listen;
  options.threads = cores_if_zero(settings.io_threads);
  options.max_connections = settings.max_connections;
  options.timeouts = {.header = settings.header_timeout, .body = settings.body_timeout, .idle = settings.idle_timeout};
  return options;
}

// False if a signal came first. Ends the process if the service never gets warm.
bool wait_until_warm(Composition& service) {
  const Deadline deadline = Deadline::after(kWarmUpTime);
  for (;;) {
    const auto warm = service.wait_until_warm(Deadline::after(std::chrono::milliseconds(100)));
    if (warm && *warm) return true;
    if (!warm || deadline.expired()) {
      const char* const slow = "the image workers did not get ready in time";
      std::fprintf(stderr, "tintype: %s\n", warm ? slow : warm.error().public_message.c_str());
      ::_exit(1);  // sessions hold references into what a clean return would destroy
    }
    if (wait_for_signal(std::chrono::milliseconds(0))) return false;
  }
}

void greet(const config::Settings& settings, const std::string& public_url) {
  std::printf("tintype " TINTYPE_VERSION " listens on %s (data in %s)\n", public_url.c_str(),
              settings.data_dir.c_str());
  // Only the secret that we made is shown in use: with a configured one, this output may go to a log that others read.
  if (settings.jwt_secret.empty()) {
    const auto policy = jwt_policy(settings);
    const auto user = UserId::parse("me");
    const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    if (policy && user) {
      const std::string token = http::sign_jwt(*policy, *user, now, std::chrono::hours(24));
      std::printf("\nUpload a picture:\n  curl -H 'Authorization: Bearer %s' -F file=@photo.jpg %s/images\n\n",
                  token.c_str(), public_url.c_str());
    }
  }
  std::fflush(stdout);
}

void warn_about(const config::Settings& settings, const Logger& log) {
  if (!settings.jwt_secret.empty() && settings.jwt_secret.size() < kRecommendedSecret) {
    log.warn("TINTYPE_JWT_SECRET is short: HS256 wants 32 bytes or more", {{"bytes", settings.jwt_secret.size()}});
  }
  const bool everywhere = settings.listen.starts_with("0.0.0.0") || settings.listen.starts_with("[::]");
  if (everywhere && settings.public_url.empty()) {
    log.warn(
        "TINTYPE_PUBLIC_URL is not set: URLs in answers begin with the address listened on, which clients elsewhere "
        "cannot reach");
  }
}

int drain(transport::SocketServer& server, Composition& service, std::chrono::milliseconds timeout, const Logger& log) {
  service.system().set_phase(http::Phase::Draining);
  server.begin_drain();
  log.info("draining: no new connections; what is under way is finished");
  const Deadline deadline = Deadline::after(timeout);
  while (!server.drained()) {
    if (wait_for_signal(std::chrono::milliseconds(20))) ::_exit(kExitOnSecondSignal);
    if (deadline.expired()) {
      // Sessions still hold references into what a clean return would destroy. What was acknowledged is durable.
      log.warn("requests under way were cut off: the drain timeout has passed");
      service.write_last_numbers();
      ::_exit(0);
    }
  }
  service.stop_jobs(deadline);
  service.write_last_numbers();
  log.info("stopped");
  return 0;
}

}  // namespace

int run_serve_command(const config::Settings& settings) {
  const Logger log(settings.log_level, STDERR_FILENO);
  MetricsRegistry metrics;
  auto server = transport::SocketServer::listen(server_options(settings), metrics, log);
  if (!server) {
    std::fprintf(stderr, "tintype: %s\n", server.error().public_message.c_str());
    return 1;
  }
  auto service = Composition::build(settings, metrics, log);
  if (!service) {
    std::fprintf(stderr, "tintype: %s\n", service.error().public_message.c_str());
    return 1;
  }
  const std::string public_url = settings.public_url.empty() ? "http://" + (*server)->address() : settings.public_url;
  (*service)->renderer().set_blob_base_url(blob_base_url(settings, public_url));
  warn_about(settings, log);
  (*server)->start((*service)->dispatcher(), (*service)->lanes());
  if (!wait_until_warm(**service)) return drain(**server, **service, settings.drain_timeout, log);
  (*service)->system().set_phase(http::Phase::Ready);
  log.info("listening", {{"address", (*server)->address()},
                         {"url", public_url},
                         {"dataDir", settings.data_dir.string()},
                         {"version", TINTYPE_VERSION}});
  greet(settings, public_url);
  while (!wait_for_signal(std::chrono::hours(1))) {
  }
  return drain(**server, **service, settings.drain_timeout, log);
}

}  // namespace tintype
