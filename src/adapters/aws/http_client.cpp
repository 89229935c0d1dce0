#include "adapters/aws/http_client.h"

#include <utility>

#include "adapters/aws/transfer_loop.h"

namespace tintype::aws {

PendingReply::PendingReply(TransferLoop& loop, std::shared_ptr<Transfer> transfer)
    : loop_(&loop), transfer_(std::move(transfer)) {}

PendingReply::PendingReply(PendingReply&& other) noexcept = default;

PendingReply::~PendingReply() {
  if (!transfer_) return;
  transfer_->unwanted = true;
  loop_->wake();
  transfer_->wait_for_end();
}

HttpResult PendingReply::get() {
  const auto transfer = std::exchange(transfer_, nullptr);
  return transfer->wait();
}

HttpClient::HttpClient() : HttpClient(Options()) {}
HttpClient::HttpClient(Options options) : loop_(std::make_unique<TransferLoop>(std::move(options))) {}
HttpClient::~HttpClient() = default;

HttpResult HttpClient::send(const HttpRequest& request, Deadline deadline) {
  return start(request, deadline).get();
}

PendingReply HttpClient::start(const HttpRequest& request, Deadline deadline) {
  auto transfer = std::make_shared<Transfer>(request, deadline);
  loop_->add(transfer);
  return PendingReply(*loop_, std::move(transfer));
}

HttpClient::Counts HttpClient::counts() const {
  return loop_->counts();
}

}  // namespace tintype::aws
