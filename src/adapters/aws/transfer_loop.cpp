// DESIGN
// One thread for all transfers: they wait, and the little that there is to do for each is done by libcurl. Deadlines
// are looked at here and not left to CURLOPT_TIMEOUT_MS, which does not count while a transfer waits for a connection
// (libcurl 7.88, MSTATE_PENDING).
#include "adapters/aws/transfer_loop.h"

#include <algorithm>
#include <utility>

namespace tintype::aws {
namespace {

constexpr int kLongestSleep = 1000;  // ms
constexpr std::size_t kSpareHandles = 64;

// libcurl wants one global initialisation before threads use it.
const bool kCurlReady = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;

HttpFailure not_sent(ErrorCode code, std::string message, std::string detail) {
  return {HttpFailure::Reach::NotSent, {code, std::move(message), std::move(detail)}};
}

}  // namespace

TransferLoop::TransferLoop(HttpClient::Options options)
    : options_(std::move(options)), multi_(kCurlReady ? curl_multi_init() : nullptr) {
  if (!multi_) std::abort();
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options_.connections_per_host));
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(options_.connections_per_host * 2));
  thread_ = std::thread([this] { run(); });
}

TransferLoop::~TransferLoop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  for (CURL* handle : spare_) curl_easy_cleanup(handle);
}

void TransferLoop::add(std::shared_ptr<Transfer> transfer) {
  {
    const std::lock_guard lock(mutex_);
    if (in_flight_ >= options_.connections_per_host + options_.waiting) {
      transfer->end(tl::unexpected(not_sent(ErrorCode::Overloaded, "too many requests to the store; try again later",
                                            "the line for a connection is full")));
      return;
    }
    ++in_flight_;
    new_.push_back(std::move(transfer));
  }
  wake();
}

HttpClient::Counts TransferLoop::counts() const {
  const std::lock_guard lock(mutex_);
  return {.connections_opened = connections_opened_, .in_flight = in_flight_};
}

void TransferLoop::run() {
  for (;;) {
    for (auto& transfer : take_new()) begin(std::move(transfer));
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    end_finished();
    end_overdue_and_unwanted();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    curl_multi_poll(multi_.get(), nullptr, 0, milliseconds_to_next_deadline(), nullptr);
  }
  const HttpFailure stopped =
      not_sent(ErrorCode::StoreUnavailable, "the store is not available; try again later", "the client is stopping");
  for (auto& transfer : take_new()) transfer->end(tl::unexpected(stopped));
  while (!running_.empty()) {
    Running last = std::move(running_.back());
    running_.pop_back();
    HttpResult result = last.transfer->result_of(CURLE_ABORTED_BY_CALLBACK);
    end(std::move(last), std::move(result));
  }
}

std::vector<std::shared_ptr<Transfer>> TransferLoop::take_new() {
  const std::lock_guard lock(mutex_);
  return std::exchange(new_, {});
}

void TransferLoop::begin(std::shared_ptr<Transfer> transfer) {
  CURL* handle = nullptr;
  if (!spare_.empty()) {
    handle = spare_.back();
    spare_.pop_back();
  } else {
    handle = curl_easy_init();
  }
  if (handle == nullptr) std::abort();  // out of memory
  curl_multi_add_handle(multi_.get(), transfer->begin(handle, options_));
  running_.push_back({std::move(transfer), handle});
}

void TransferLoop::end_finished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto found = std::ranges::find(running_, message->easy_handle, &Running::handle);
    Running running = std::move(*found);
    running_.erase(found);
    HttpResult result = running.transfer->result_of(code);
    end(std::move(running), std::move(result));
  }
}

void TransferLoop::end_overdue_and_unwanted() {
  for (std::size_t i = 0; i < running_.size();) {
    if (!running_[i].transfer->unwanted && !running_[i].transfer->deadline().expired()) {
      ++i;
      continue;
    }
    Running running = std::move(running_[i]);
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    HttpResult result = running.transfer->result_of(CURLE_OPERATION_TIMEDOUT);
    end(std::move(running), std::move(result));
  }
}

// The handle leaves the multi handle before the waiting thread goes on and takes the body away.
void TransferLoop::end(Running running, HttpResult result) {
  long connections = 0;
  curl_easy_getinfo(running.handle, CURLINFO_NUM_CONNECTS, &connections);
  curl_multi_remove_handle(multi_.get(), running.handle);
  curl_easy_reset(running.handle);
  if (spare_.size() < kSpareHandles) {
    spare_.push_back(running.handle);
  } else {
    curl_easy_cleanup(running.handle);
  }
  {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    connections_opened_ += static_cast<std::uint64_t>(connections);
  }
  running.transfer->end(std::move(result));
}

int TransferLoop::milliseconds_to_next_deadline() const {
  auto longest = std::chrono::milliseconds(kLongestSleep);
  for (const Running& running : running_) {
    const Deadline deadline = running.transfer->deadline();
    if (deadline.is_never()) continue;
    longest = std::min(longest, deadline.remaining() + std::chrono::milliseconds(1));  // it is rounded down
  }
  return static_cast<int>(std::max<std::int64_t>(longest.count(), 0));
}

}  // namespace tintype::aws
