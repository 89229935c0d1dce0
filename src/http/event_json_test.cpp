#include "http/event_json.h"

#include <gtest/gtest.h>

#include "tests/support/record_maker.h"

namespace tintype::http {
namespace {

using testing_support::RecordMaker;

ImageRecord record() {
  static RecordMaker maker;
  ImageRecord made = maker.next();
  made.version = 3;
  made.thumbnail_key = "images/ann/thumbnails/x.webp";
  return made;
}

const UnixTime kAt{std::chrono::milliseconds(1'780'000'000'123)};

TEST(EventJson, CompletedHasItsThumbnailAsImagesDo) {
  const ImageRecord completed = record();
  EXPECT_EQ(event_json(event_of(completed, ImageEventType::Completed, kAt), "https://x/blobs"),
            R"({"imageId":")" + completed.image_id.text() +
                R"(","userId":"ann","processingStatus":"completed",)"
                R"("thumbnailUrl":"https://x/blobs/images/ann/thumbnails/x.webp",)"
                R"("thumbnailKey":"images/ann/thumbnails/x.webp","processingError":null,"version":3,)"
                R"("at":"2026-05-28T20:26:40.123Z"})");
}

TEST(EventJson, FailedSaysWhyOnOneLine) {
  ImageRecord failed = record();
  failed.thumbnail_key.reset();
  failed.processing_error = "it is\nno picture";
  const std::string json = event_json(event_of(failed, ImageEventType::Failed, kAt), "https://x");
  EXPECT_NE(json.find(R"("processingStatus":"failed","thumbnailUrl":null,"thumbnailKey":null)"), std::string::npos);
  EXPECT_NE(json.find(R"("processingError":"it is\nno picture")"), std::string::npos) << json;
  EXPECT_EQ(json.find('\n'), std::string::npos);
}

TEST(EventJson, DeletedIsAStateHere) {
  const std::string json = event_json(event_of(record(), ImageEventType::Deleted, kAt), "https://x");
  EXPECT_NE(json.find(R"("processingStatus":"deleted")"), std::string::npos);
}

}  // namespace
}  // namespace tintype::http
