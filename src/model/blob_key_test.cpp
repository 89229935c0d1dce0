#include "model/blob_key.h"

#include <gtest/gtest.h>

#include <map>

namespace tintype {
namespace {

const std::string kId = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

std::string key_text(std::string_view user, Variant variant = Variant::Main) {
  return BlobKey::of(*UserId::parse(user), *ImageId::parse(kId), variant).text();
}

TEST(BlobKey, HasTheDocumentedForm) {
  EXPECT_EQ(key_text("ann"), "images/ann/" + kId + ".webp");
  EXPECT_EQ(key_text("ann", Variant::Thumbnail), "images/ann/thumbnails/" + kId + ".webp");
  EXPECT_EQ(key_text("ann@example.com"), "images/ann.40example.2Ecom/" + kId + ".webp");
}

TEST(BlobKey, ParsesWhatOfMakes) {
  for (const char* user : {"ann", "thumbnails", "images", "ann@example.com", "../../etc/passwd", ".", "..", "a/b",
                           "a.b", ".2E", "%2F", "\xC3\xA9", "-_", " "}) {
    for (const Variant variant : {Variant::Main, Variant::Thumbnail}) {
      const auto key = BlobKey::parse(key_text(user, variant));
      ASSERT_TRUE(key) << key_text(user, variant);
      EXPECT_EQ(key->text(), key_text(user, variant));
      EXPECT_EQ(key->user_component(), UserId::parse(user)->key_component());
      EXPECT_EQ(key->image().text(), kId);
      EXPECT_EQ(key->variant(), variant);
    }
  }
}

TEST(BlobKey, DistinctUsersAndVariantsHaveDistinctKeys) {
  std::map<std::string, std::string> owner_of;
  for (const std::string user : {"a", "A", "a.b", "a/b", "a%b", ".2E", ".", "..", "2E", "a b", "a+b", "a.2Fb",
                                 "thumbnails", "a/thumbnails", "\xC3\xA9", "e"}) {
    EXPECT_TRUE(owner_of.emplace(key_text(user), user).second) << user << " and " << owner_of[key_text(user)];
    EXPECT_TRUE(owner_of.emplace(key_text(user, Variant::Thumbnail), user).second) << user;
  }
}

TEST(BlobKey, NoUserClimbsOutOfTheOwnPrefix) {
  for (const char* user :
       {"..", ".", "../bob", "../../etc/passwd", "/etc/passwd", "bob/thumbnails", "..%2fbob", "bob\\..", "bob/"}) {
    const std::string key = key_text(user);
    ASSERT_TRUE(key.starts_with("images/"));
    const std::string component = key.substr(7, key.find('/', 7) - 7);
    EXPECT_EQ(key, "images/" + component + "/" + kId + ".webp") << "one component and no more: " << user;
    EXPECT_NE(component, ".");
    EXPECT_NE(component, "..");
    EXPECT_EQ(component.find_first_of("/\\%"), std::string::npos);
  }
}

TEST(BlobKey, LaterVersionsOfAThumbnailHaveKeysOfTheirOwn) {
  const auto user = UserId::parse("ann").value();
  const auto image = ImageId::parse(kId).value();
  const std::string prefix = "images/ann/thumbnails/" + std::string(kId);
  EXPECT_EQ(BlobKey::of(user, image, Variant::Thumbnail, 1).text(), prefix + ".webp");
  EXPECT_EQ(BlobKey::of(user, image, Variant::Thumbnail, 12).text(), prefix + ".12.webp");
  const auto key = BlobKey::parse(prefix + ".12.webp");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->version(), 12);
  EXPECT_EQ(key->text(), prefix + ".12.webp");
  for (const char* end : {".1.webp", ".0.webp", ".02.webp", ".x.webp", "..webp", ".-2.webp", ".2.2.webp", "2.webp",
                          ".9999999999.webp", ".2 .webp"}) {
    EXPECT_FALSE(BlobKey::parse(prefix + end)) << end;
  }
  EXPECT_FALSE(BlobKey::parse("images/ann/" + std::string(kId) + ".2.webp")) << "a main picture has one version";
}

TEST(BlobKey, ParseRefusesEverythingElse) {
  const std::vector<std::string> refused = {std::string(),
                                            std::string("images/"),
                                            std::string("images/.webp"),
                                            "images/" + kId + ".webp",
                                            "images//" + kId + ".webp",
                                            "images/./" + kId + ".webp",
                                            "images/../" + kId + ".webp",
                                            "images/../ann/" + kId + ".webp",
                                            "images/ann/../bob/" + kId + ".webp",
                                            "/images/ann/" + kId + ".webp",
                                            "Images/ann/" + kId + ".webp",
                                            "images/ann/" + kId,
                                            "images/ann/" + kId + ".WEBP",
                                            "images/ann/" + kId + ".webp/",
                                            "images/ann/" + kId + ".webp.webp",
                                            "images/ann/.webp",
                                            "images/ann/x" + kId + ".webp",
                                            "images/ann/thumbnails/.webp",
                                            "images/ann/thumbnails/x/" + kId + ".webp",
                                            "images/ann/thumbs/" + kId + ".webp",
                                            "images/ann/thumbnails/thumbnails/" + kId + ".webp",
                                            "images/ann/81ARZ3NDEKTSV4RRFFQ69G5FAV.webp",
                                            "images/ann/01arz3ndektsv4rrffq69g5fav.webp",
                                            "images/ann.40/" + kId + ".webp ",
                                            "images/ann@b/" + kId + ".webp",
                                            "images/ann%40b/" + kId + ".webp",
                                            "images/ann.4/" + kId + ".webp",
                                            "images/ann.4g/" + kId + ".webp",
                                            "images/ann.2e/" + kId + ".webp",
                                            "images/.41nn/" + kId + ".webp",  // a second spelling of "Ann"
                                            "images/ann.00/" + kId + ".webp",
                                            "images/.C3/" + kId + ".webp",
                                            "images/" + std::string(129, 'a') + "/" + kId + ".webp"};
  for (const std::string& text : refused) {
    EXPECT_FALSE(BlobKey::parse(text)) << text;
  }
}

TEST(BlobKey, EqualByText) {
  EXPECT_EQ(*BlobKey::parse(key_text("ann")), *BlobKey::parse(key_text("ann")));
  EXPECT_FALSE(*BlobKey::parse(key_text("ann")) == *BlobKey::parse(key_text("ann", Variant::Thumbnail)));
}

}  // namespace
}  // namespace tintype
