#include "model/image_id.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

TEST(ImageId, ParsesACanonicalUlid) {
  EXPECT_EQ(ImageId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV")->text(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
}

TEST(ImageId, RefusesOtherSpellings) {
  for (const char* text : {"", "01arz3ndektsv4rrffq69g5fav", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAV ",
                           "81ARZ3NDEKTSV4RRFFQ69G5FAV", "../../../../../../../../..", "01ARZ3NDEKTSV4RRFFQ69G5FAO"}) {
    EXPECT_FALSE(ImageId::parse(text)) << text;
  }
}

TEST(ImageId, SortsByTimeOfUpload) {
  EXPECT_LT(*ImageId::parse("01ARZ3NDEKZZZZZZZZZZZZZZZZ"), *ImageId::parse("01ARZ3NDEM0000000000000000"));
}

}  // namespace
}  // namespace tintype
