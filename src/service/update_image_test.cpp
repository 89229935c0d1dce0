#include "service/update_image.h"

#include <gmock/gmock.h>

#include "tests/support/service_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;

class UpdateImageTest : public ServiceFixture {
 protected:
  ImageRecord stored() {
    ImageRecord record = RecordMaker("ann").next_full();
    EXPECT_TRUE(add_record(metadata_, record));
    return record;
  }

  GetImage get_{metadata_};
  UpdateImage use_case_{get_, metadata_, image_cache_, clock_};
};

TEST_F(UpdateImageTest, ChangesWhatThePatchNamesAndLeavesTheRest) {
  const ImageRecord before = stored();
  clock_.advance(std::chrono::seconds(5));
  const auto after =
      use_case_.run(user("ann"), before.image_id, {.title = "New", .expected_version = before.version}, soon());
  ASSERT_TRUE(after) << to_string(after.error());
  EXPECT_EQ(after->text.title, "New");
  EXPECT_EQ(after->text.description, before.text.description);
  EXPECT_EQ(after->text.tags, before.text.tags);
  EXPECT_EQ(after->version, before.version + 1);
  EXPECT_EQ(after->updated_at, clock_.now());
}

TEST_F(UpdateImageTest, NullClearsAField) {
  const ImageRecord before = stored();
  const auto after = use_case_.run(user("ann"), before.image_id,
                                   {.album_id = std::optional<std::string>(),
                                    .tags = std::vector<std::string>(),
                                    .expected_version = before.version},
                                   soon());
  ASSERT_TRUE(after);
  EXPECT_FALSE(after->text.album_id);
  EXPECT_TRUE(after->text.tags.empty());
  EXPECT_EQ(after->text.title, before.text.title);
}

TEST_F(UpdateImageTest, StaleVersionIsAMismatchThatNamesTheCurrentOne) {
  const ImageRecord before = stored();
  const auto after =
      use_case_.run(user("ann"), before.image_id, {.title = "x", .expected_version = before.version + 7}, soon());
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, ErrorCode::VersionMismatch);
  ASSERT_EQ(after.error().members.size(), 1U);
  EXPECT_EQ(after.error().members[0].name, "currentVersion");
  EXPECT_EQ(std::get<std::int64_t>(after.error().members[0].value), before.version);
}

TEST_F(UpdateImageTest, WithoutAVersionThePatchIsMergedIntoAConcurrentChange) {
  const ImageRecord before = stored();
  bool raced = false;
  metadata_.set_hook(MetadataOperation::UpdateText, FaultTime::Before, [&](std::string_view) {
    if (!std::exchange(raced, true)) {
      ImageText other = before.text;
      other.description = "from elsewhere";
      EXPECT_TRUE(sqlite_->update_text(before.image_id, other, before.version, clock_.now(), soon()));
    }
    return std::optional<Error>();
  });
  const auto after = use_case_.run(user("ann"), before.image_id, {.title = "mine"}, soon());
  ASSERT_TRUE(after) << to_string(after.error());
  EXPECT_EQ(after->text.title, "mine");
  EXPECT_EQ(after->text.description, "from elsewhere");
}

TEST_F(UpdateImageTest, InvalidTextIsRefused) {
  const ImageRecord before = stored();
  const auto after =
      use_case_.run(user("ann"), before.image_id, {.title = std::string(1000, 'x'), .expected_version = 1}, soon());
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, ErrorCode::ValidationFailed);
}

TEST_F(UpdateImageTest, SomeoneElsesImageIsNotAuthorized) {
  const ImageRecord before = stored();
  const auto after = use_case_.run(user("bob"), before.image_id, {.title = "x", .expected_version = 1}, soon());
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, ErrorCode::NotAuthorized);
}

TEST(GetImage, UnknownIdIsNotFound) {
  TempDirectory directory;
  auto metadata = std::move(*SqliteMetadataStore::open(directory.path() / "test.db"));
  GetImage use_case(*metadata);
  const auto found = use_case.run(user("ann"), RecordMaker().next_id(), Deadline::after(std::chrono::seconds(10)));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace tintype
