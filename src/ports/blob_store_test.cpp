#include "ports/blob_store.h"

#include <gtest/gtest.h>

#include "model/blob_key.h"

namespace tintype {
namespace {

TEST(BlobKeyRules, AcceptWhatThePortAllows) {
  for (const std::string& key : {std::string("a"), std::string("A-Z_a.z0"), std::string("images/ann/1.webp"),
                                 std::string(".a"), std::string("..."), std::string("a/..b/c.."), std::string("-"),
                                 std::string(255, 'a'), std::string(255, 'a') + "/" + std::string(255, 'b')}) {
    EXPECT_TRUE(is_valid_blob_key(key)) << key;
  }
}

TEST(BlobKeyRules, RefuseEverythingElse) {
  for (const std::string& key :
       {std::string(),          std::string("/"),        std::string("/a"),     std::string("a/"),
        std::string("a//b"),    std::string("."),        std::string(".."),     std::string("./a"),
        std::string("a/."),     std::string("a/./b"),    std::string("../a"),   std::string("a/.."),
        std::string("a/../b"),  std::string("a b"),      std::string("a\\b"),   std::string("a%2Fb"),
        std::string("a+b"),     std::string("a:b"),      std::string("a@b"),    std::string("a\nb"),
        std::string("a\0b", 3), std::string("\xC3\xA9"), std::string(256, 'a'), "a/" + std::string(256, 'a')}) {
    EXPECT_FALSE(is_valid_blob_key(key)) << key;
  }
}

TEST(BlobKeyRules, LengthEndsAt1024) {
  std::string key;
  for (int i = 0; i < 4; ++i) key += std::string(255, 'a') + "/";
  EXPECT_FALSE(is_valid_blob_key(key));  // 1024, but ends in a slash
  key[10] = '/';
  key.back() = 'a';
  key[1019] = '/';
  EXPECT_EQ(key.size(), 1024u);
  EXPECT_TRUE(is_valid_blob_key(key));
  EXPECT_FALSE(is_valid_blob_key(key + "a"));
}

TEST(BlobKeyRules, EveryImageHasValidKeys) {
  const auto id = *ImageId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  for (const std::string& user :
       {std::string("a"), std::string(".."), std::string("../../etc"), std::string(85, '@'), std::string(128, 'z')}) {
    EXPECT_TRUE(is_valid_blob_key(BlobKey::of(*UserId::parse(user), id, Variant::Main).text())) << user;
    EXPECT_TRUE(is_valid_blob_key(BlobKey::of(*UserId::parse(user), id, Variant::Thumbnail).text())) << user;
  }
}

}  // namespace
}  // namespace tintype
