// What one upload gives back, over the wire, from the real program.
#include <gmock/gmock.h>

#include "base/crypto/sha256.h"
#include "base/ulid.h"
#include "tests/integration/shared_server.h"

namespace tintype {
namespace {

using namespace testing_support;
using testing::HasSubstr;
using testing::StartsWith;

class UploadApi : public SharedServer<UploadApi> {
 public:
  static std::vector<std::string> flags() { return {"--max-upload-bytes", "2MiB", "--max-pixels", "4000000"}; }

 protected:
  DecodedWebp picture(const HttpAnswer& uploaded, const std::string& url_member) {
    const auto blob = api_.get(json_text(uploaded.body, url_member));
    EXPECT_EQ(blob.status, 200);
    EXPECT_EQ(blob.headers.at("content-type"), "image/webp");
    return decode_webp(as_bytes(blob.body));
  }
};

TEST_F(UploadApi, FormGives201WithTheRecordAndItsPlace) {
  const std::string file = as_file(make_jpeg({.width = 640, .height = 480}));
  const auto answer = api_.upload(file,
                                  {{"title", "Sea ✓"},
                                   {"description", "two\nlines"},
                                   {"altText", "waves"},
                                   {"albumId", "summer"},
                                   {"tags", R"(["a","b c"])"}},
                                  "IMG 1.jpg");
  ASSERT_EQ(answer.status, 201) << answer.body;
  const std::string id = json_text(answer.body, "imageId");
  EXPECT_TRUE(is_ulid(id));
  EXPECT_EQ(answer.headers.at("location"), "/images/" + id);
  EXPECT_EQ(json_text(answer.body, "userId"), "ann");
  EXPECT_EQ(json_text(answer.body, "title"), "Sea ✓");
  EXPECT_EQ(json_text(answer.body, "description"), "two\nlines");
  EXPECT_EQ(json_text(answer.body, "albumId"), "summer");
  EXPECT_EQ(json_text(answer.body, "tags"), R"(["a","b c"])");
  EXPECT_EQ(json_text(answer.body, "originalFilename"), "IMG 1.jpg");
  EXPECT_EQ(json_text(answer.body, "mimeType"), "image/jpeg");
  EXPECT_EQ(json_text(answer.body, "fileSize"), std::to_string(file.size()));
  EXPECT_EQ(json_text(answer.body, "contentSha256"), hex(sha256(as_bytes(file))));
  EXPECT_EQ(json_text(answer.body, "width"), "640");
  EXPECT_EQ(json_text(answer.body, "aspectRatio"), "1.3333E0") << "as Boost.JSON prints it; on the wire it is 1.3333";
  EXPECT_THAT(answer.body, HasSubstr(R"("aspectRatio":1.3333,)"));
  EXPECT_EQ(json_text(answer.body, "processingStatus"), "completed");
  EXPECT_EQ(json_text(answer.body, "version"), "1");
  EXPECT_EQ(json_text(answer.body, "s3Key"), "images/ann/" + id + ".webp");
  EXPECT_EQ(json_text(answer.body, "thumbnailKey"), "images/ann/thumbnails/" + id + ".webp");
  EXPECT_THAT(json_text(answer.body, "imageUrl"), StartsWith(server_->url() + "/blobs/images/ann/"));
}

TEST_F(UploadApi, PicturesAreUprightAndOfTheRightSize) {
  const auto answer = api_.upload(as_file(make_jpeg({.width = 600, .height = 800, .orientation = 6})));
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto main = picture(answer, "imageUrl");
  EXPECT_EQ(std::pair(main.width, main.height), std::pair(600, 800));
  EXPECT_LE(distance(main.at(0.1, 0.1), kTopLeft), 12);
  EXPECT_LE(distance(main.at(0.9, 0.9), kBottomRight), 12);
  const auto thumbnail = picture(answer, "thumbnailUrl");
  EXPECT_EQ(std::pair(thumbnail.width, thumbnail.height), std::pair(400, 400));
  EXPECT_LE(distance(thumbnail.at(0.9, 0.1), kTopRight), 12);
}

TEST_F(UploadApi, PrivateMetadataLeavesNoTraceInEitherPicture) {
  const std::string file = as_file(make_jpeg({.private_metadata = true}));
  ASSERT_THAT(file, HasSubstr(kSecret));
  const auto answer = api_.upload(file);
  ASSERT_EQ(answer.status, 201) << answer.body;
  for (const char* url : {"imageUrl", "thumbnailUrl"}) {
    const std::string bytes = api_.get(json_text(answer.body, url)).body;
    EXPECT_EQ(bytes.find(kSecret), std::string::npos);
    EXPECT_EQ(bytes.find("EXIF"), std::string::npos);
    EXPECT_EQ(bytes.find("XMP "), std::string::npos);
    EXPECT_EQ(bytes.find("ICCP"), std::string::npos);
  }
}

TEST_F(UploadApi, RawBodyTakesTheTextFromTheQuery) {
  const auto answer = api_.upload_raw(as_file(make_png({})), "?title=Raw%20one&tags=x&tags=y&filename=shot.png");
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(json_text(answer.body, "title"), "Raw one");
  EXPECT_EQ(json_text(answer.body, "tags"), R"(["x","y"])");
  EXPECT_EQ(json_text(answer.body, "originalFilename"), "shot.png");
  EXPECT_EQ(json_text(answer.body, "mimeType"), "image/png");
}

TEST_F(UploadApi, RepeatedTagFieldsAreOneList) {
  const auto answer = api_.upload(small_jpeg(), {{"tags[]", "one"}, {"tags[]", "two"}, {"tags", "three"}});
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(json_text(answer.body, "tags"), R"(["one","two","three"])");
}

TEST_F(UploadApi, ContentDecidesTheTypeNotTheName) {
  const auto answer = api_.upload(as_file(make_webp({})), {}, "really.jpg");
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(json_text(answer.body, "mimeType"), "image/webp");
}

TEST_F(UploadApi, FirstFrameOfAnAnimationIsKeptAndRecorded) {
  const auto answer = api_.upload(as_file(make_webp({.pages = 2})));
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(json_text(answer.body, "sourcePages"), "2");
  EXPECT_LE(distance(picture(answer, "imageUrl").at(0.1, 0.1), kTopLeft), 12);
}

TEST_F(UploadApi, WhatIsNoImageIsRefusedByItsContent) {
  for (const std::string file :
       {"%PDF-1.4 pretending", "<svg xmlns='http://www.w3.org/2000/svg'/>", "GIF89a..........", "<html>", "ab", ""}) {
    const auto answer = api_.upload(file, {}, "photo.jpg");
    EXPECT_EQ(answer.status, 415) << file;
    EXPECT_EQ(error_code(answer), "INVALID_FILE_TYPE");
  }
}

TEST_F(UploadApi, DamagedImageIs422) {
  const auto answer = api_.upload(as_file(truncated(make_jpeg({.width = 300, .height = 300}), 60)));
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(error_code(answer), "IMAGE_UNDECODABLE");
}

TEST_F(UploadApi, TooManyPixelsIs422WithLimitAndActual) {
  const auto answer = api_.upload(as_file(make_png({.width = 3000, .height = 2000, .pattern = Pattern::Flat})));
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(error_code(answer), "IMAGE_TOO_LARGE");
  EXPECT_EQ(json_text(answer.body, "limit"), "4000000");
  EXPECT_EQ(json_text(answer.body, "actual"), "6000000");
}

TEST_F(UploadApi, FileOneByteOverTheLimitIs413AndOneAtTheLimitIsNot) {
  constexpr std::size_t kLimit = 2 * 1024 * 1024;
  std::string file = small_jpeg();
  file.resize(kLimit, '\0');  // bytes behind the end of a JPEG are no concern of its decoder
  EXPECT_NE(api_.upload(file).status, 413);
  file += '\0';
  const auto answer = api_.upload(file);
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(error_code(answer), "FILE_TOO_LARGE");
  EXPECT_EQ(api_.upload_raw(file).status, 413);
}

TEST_F(UploadApi, InvalidFieldIsNamed) {
  const std::vector<std::pair<FormField, std::string>> cases = {
      {{"title", std::string(201, 'x')}, "title"},
      {{"description", std::string(2001, 'x')}, "description"},
      {{"altText", std::string(501, 'x')}, "altText"},
      {{"albumId", std::string(129, 'x')}, "albumId"},
      {{"title", "bad \x01 control"}, "title"},
      {{"title", "\xff\xfe"}, "title"},
      {{"tags", "[\"unclosed\""}, "tags"},
      {{"tags", std::string(51, 'x')}, "tags"},
      {{"tags", "[1,2]"}, "tags"},
      {{"tags", R"(["same","same"])"}, "tags"},
  };
  for (const auto& [field, name] : cases) {
    const auto answer = api_.upload(small_jpeg(), {field});
    EXPECT_EQ(answer.status, 400) << name;
    EXPECT_EQ(error_code(answer), "VALIDATION_FAILED");
    EXPECT_EQ(json_text(answer.body, "field"), name);
  }
}

TEST_F(UploadApi, FormWithoutTheFileSaysWhatIsMissing) {
  const auto answer = send({.method = "POST",
                            .url = server_->url() + "/images",
                            .headers = {"Authorization: Bearer " + ServerProcess::token("ann")},
                            .form = {{"picture", "abc", "x.jpg"}}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr(R"(\"file\")"));
}

TEST_F(UploadApi, NothingOfARefusedUploadIsStored) {
  const ApiClient api = client("refused");
  api.upload("not an image");
  api.upload(as_file(truncated(make_jpeg({.width = 300, .height = 300}), 60)));
  EXPECT_EQ(json_text(api.get("/images").body, "images"), "[]");
  EXPECT_FALSE(std::filesystem::exists(directory_->path() / "data/blobs/images/refused"));
}

TEST_F(UploadApi, UserThatTriesToClimbOutStaysInItsPrefix) {
  const ApiClient api = client("../../etc/passwd");
  const auto answer = api.upload(small_jpeg());
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_THAT(json_text(answer.body, "s3Key"), StartsWith("images/.2E.2E.2F.2E.2E.2Fetc.2Fpasswd/"));
  EXPECT_EQ(send({.url = json_text(answer.body, "imageUrl")}).status, 200);
}

}  // namespace
}  // namespace tintype
