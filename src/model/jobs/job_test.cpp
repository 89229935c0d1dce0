#include "model/jobs/job.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

DeriveJob derive_job() {
  return {.recipe = "thumbnail",
          .user = UserId::parse("ann \"smith\"").value(),
          .image_id = ImageId::parse("01J00000000000000000000000").value(),
          .version = 3};
}

TEST(DeriveJob, ReadsBack) {
  const NewJob job = new_job(derive_job());
  EXPECT_EQ(job.key, "derive/thumbnail/01J00000000000000000000000");
  EXPECT_EQ(job_type(job.body), "derive");
  EXPECT_EQ(parse_derive_job(job.body), derive_job());
  EXPECT_FALSE(parse_webhook_job(job.body));
}

TEST(WebhookJob, ReadsBack) {
  const WebhookJob webhook{.event_id = "01J0", .timestamp = 1'780'000'000, .payload = "{\"a\":\"\\u00e9\n\"}"};
  const NewJob job = new_job(webhook);
  EXPECT_EQ(job.key, "webhook/01J0");
  EXPECT_EQ(job_type(job.body), "webhook");
  EXPECT_EQ(parse_webhook_job(job.body), webhook);
  EXPECT_FALSE(parse_derive_job(job.body));
}

TEST(Job, OtherBodiesAreNone) {
  for (const char* body :
       {"", "{", "[]", "7", "{}", "{\"type\":7}", R"({"type":"derive"})", R"({"type":"webhook","eventId":"1"})",
        R"({"type":"derive","recipe":"thumbnail","userId":"ann","imageId":"x","version":1})",
        R"({"type":"derive","recipe":"thumbnail","userId":"ann","imageId":"01J00000000000000000000000","version":0})",
        "[[[[[[[[[[[[[[[[[[[[[[[["}) {
    EXPECT_FALSE(parse_derive_job(body)) << body;
    EXPECT_FALSE(parse_webhook_job(body)) << body;
  }
  EXPECT_EQ(job_type("{}"), "");
}

TEST(ThumbnailJob, IsForTheNextVersion) {
  ImageRecord record{.image_id = derive_job().image_id, .user_id = derive_job().user};
  record.thumbnail_version = 2;
  EXPECT_EQ(thumbnail_job(record), derive_job());
}

}  // namespace
}  // namespace tintype
