#include "adapters/blob_filesystem/stored_meta.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/unique_fd.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

const BlobMeta kMeta{"image/webp", "public", {{"sha-256", "00ff"}, {"note", "4:a,b\n"}}};

// What read_meta says of a file that holds `content` and has no attribute.
StoredMeta read_meta_of(const std::string& content) {
  const testing_support::TempDirectory directory;
  const std::filesystem::path path = directory.path() / "file";
  std::ofstream(path, std::ios::binary) << content;
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return read_meta(fd.get(), content.size()).value();
}

TEST(StoredMeta, EncodedMetaIsReadableNetstrings) {
  EXPECT_EQ(encode_meta({"image/webp", "", {{"a", "b"}}}), "10:image/webp,0:,1:a,1:b,");
}

TEST(StoredMeta, DecodeGivesBackWhatWasEncoded) {
  const BlobMeta binary{std::string("a\0\xff", 3), ":,", {{"n", "\xC3\xA9"}, {"", ""}}};
  for (const BlobMeta& meta : {BlobMeta{}, kMeta, binary}) EXPECT_EQ(decode_meta(encode_meta(meta)), meta);
}

TEST(StoredMeta, DecodeRefusesWhatEncodeDoesNotMake) {
  for (const std::string text : {"", "10:image/webp,", "10:image/webp,0:", "10:image/webp;0:,", "-1:a,0:,", "a:a,0:,",
                                 "1:a,0:,1:b,", "99:a,0:,", "18446744073709551615:a,0:,", "1:a,0:,x"}) {
    EXPECT_FALSE(decode_meta(text)) << text;
  }
}

TEST(StoredMeta, FooterIsTakenOffTheBody) {
  const StoredMeta stored = read_meta_of("body" + meta_footer(kMeta));
  EXPECT_EQ(stored.meta, kMeta);
  EXPECT_EQ(stored.body_size, 4u);
}

TEST(StoredMeta, BodyThatEndsLikeAFooterKeepsItsEnd) {
  const std::string body = "body" + meta_footer({});
  const StoredMeta stored = read_meta_of(body + meta_footer(kMeta));
  EXPECT_EQ(stored.meta, kMeta);
  EXPECT_EQ(stored.body_size, body.size());
}

TEST(StoredMeta, FileWithoutMetaIsAllBodyWithDefaultMeta) {
  for (const std::string content :
       {"", "body", "a body longer than a footer's tail", "00000004tintype1", "body00000099tintype1",
        "body0000000xtintype1", "body00000004tintype1", "body00000000tintype1"}) {
    const StoredMeta stored = read_meta_of(content);
    EXPECT_EQ(stored.meta, BlobMeta{}) << content;
    EXPECT_EQ(stored.body_size, content.size()) << content;
  }
}

}  // namespace
}  // namespace tintype
