#include "adapters/webhook_http/webhook_signature.h"

#include <gtest/gtest.h>

#include "adapters/webhook_http/webhook_endpoint.h"

namespace tintype {
namespace {

// The case that the reference libraries of Standard Webhooks all have.
TEST(WebhookSignature, IsTheOneThatIsPublished) {
  const auto endpoint = parse_webhook_endpoint("https://example.com/", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false);
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(webhook_signature(endpoint->key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

}  // namespace
}  // namespace tintype
