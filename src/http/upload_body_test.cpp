#include "http/upload_body.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/support/temp_directory.h"

namespace tintype::http {
namespace {

using testing_support::TempDirectory;

const std::string kJpegStart = std::string("\xFF\xD8\xFF\xE0", 4);

class UploadBodyTest : public testing::Test {
 protected:
  std::unique_ptr<UploadBody> form(std::uint64_t limit = 1000) {
    return std::make_unique<UploadBody>(UploadLimits{limit, directory_.path()}, "b", std::vector<Parameter>(), "");
  }
  static std::string part(const std::string& name, const std::string& data, const std::string& filename = {}) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" +
           (filename.empty() ? "" : "; filename=\"" + filename + "\"") + "\r\n\r\n" + data + "\r\n";
  }
  static ErrorCode code(const Result<void>& outcome) { return outcome ? ErrorCode::Internal : outcome.error().code; }

  TempDirectory directory_;
};

TEST_F(UploadBodyTest, FormGivesFileNameAndText) {
  auto body = form();
  const std::string message = part("title", "Sea") + part("file", kJpegStart + std::string(100, 'x'), "a b.jpg") +
                              part("tags", "t") + "--b--\r\n";
  ASSERT_TRUE(body->write(as_bytes(message)));
  ASSERT_TRUE(body->finish());
  EXPECT_EQ(as_text(*body->file()), kJpegStart + std::string(100, 'x'));
  EXPECT_EQ(body->filename(), "a b.jpg");
  EXPECT_EQ(body->text()->title, "Sea");
  EXPECT_EQ(body->text()->tags, std::vector<std::string>{"t"});
}

TEST_F(UploadBodyTest, FileOfExactlyTheLimitIsTakenAndOneByteMoreIsNot) {
  const std::string file = kJpegStart + std::string(96, 'x');
  auto fits = form(100);
  EXPECT_TRUE(fits->write(as_bytes(part("file", file) + "--b--")));
  EXPECT_TRUE(fits->finish());
  auto exceeds = form(99);
  EXPECT_EQ(code(exceeds->write(as_bytes(part("file", file)))), ErrorCode::FileTooLarge);
}

TEST_F(UploadBodyTest, OtherContentIsRefusedAsSoonAsItsSignatureIsKnown) {
  auto body = form();
  EXPECT_EQ(code(body->write(as_bytes("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nGIF89a......"))),
            ErrorCode::InvalidFileType);
}

TEST_F(UploadBodyTest, SignatureSplitOverWritesIsRecognised) {
  auto body = form();
  const std::string message = part("file", "RIFF0000WEBPVP8 ") + "--b--";
  for (const char c : message) ASSERT_TRUE(body->write(as_bytes(std::string_view(&c, 1))));
  EXPECT_TRUE(body->finish());
}

TEST_F(UploadBodyTest, ShortFileIsCheckedAtItsEnd) {
  auto body = form();
  ASSERT_TRUE(body->write(as_bytes(part("file", "tiny") + "--b--")));
  EXPECT_EQ(code(body->finish()), ErrorCode::InvalidFileType);
}

TEST_F(UploadBodyTest, MissingFileAndSecondFileAreErrors) {
  auto missing = form();
  ASSERT_TRUE(missing->write(as_bytes(part("title", "x") + "--b--")));
  EXPECT_EQ(code(missing->finish()), ErrorCode::ValidationFailed);
  auto twice = form();
  EXPECT_EQ(code(twice->write(as_bytes(part("file", kJpegStart + "xxxxxxxxxx") + part("file", kJpegStart)))),
            ErrorCode::ValidationFailed);
}

TEST_F(UploadBodyTest, EndlessTextIsAnError) {
  auto body = form(1U << 20U);
  EXPECT_EQ(code(body->write(as_bytes(part("title", std::string(70'000, 'x'))))), ErrorCode::ValidationFailed);
}

TEST_F(UploadBodyTest, BytesOutsideOfPartsCountTowardsTheForm) {
  auto body = form(1000);
  EXPECT_EQ(code(body->write(as_bytes(std::string(1000 + UploadBody::kFormOverhead + 1, 'x')))),
            ErrorCode::FileTooLarge);
}

TEST_F(UploadBodyTest, EmptyRawBodySaysHowToSendAnImage) {
  UploadBody body({1000, directory_.path()}, std::nullopt, {}, "");
  const auto finished = body.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::ValidationFailed);
}

TEST_F(UploadBodyTest, SpoolThatCannotBeCreatedIsStoreUnavailable) {
  UploadBody body({1000, directory_.path() / "missing"}, std::nullopt, {}, "");
  EXPECT_EQ(code(body.write(as_bytes(kJpegStart))), ErrorCode::StoreUnavailable);
}

}  // namespace
}  // namespace tintype::http
