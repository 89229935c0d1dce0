#include "http/list_cursor.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/text.h"

namespace tintype::http {
namespace {

ListPosition position(std::int64_t milliseconds = 1'795'365'600'123) {
  return {UnixTime(std::chrono::milliseconds(milliseconds)), *ImageId::parse("01KAP0Z3NDEKTSV4RRFFQ69G5F")};
}

ListQuery query(std::optional<std::string> album = {}, std::optional<std::string> tag = {},
                SortOrder order = SortOrder::NewestFirst) {
  return {*UserId::parse("ann"), std::move(album), std::move(tag), order};
}

void expect_refused(const ListQuery& listing, std::string_view text, std::string_view message) {
  const auto decoded = decode_cursor(listing, text);
  ASSERT_FALSE(decoded) << text;
  EXPECT_EQ(decoded.error().code, ErrorCode::InvalidCursor) << text;
  EXPECT_NE(decoded.error().public_message.find(message), std::string::npos) << decoded.error().public_message;
}

TEST(ListCursor, SameListingThenPositionComesBack) {
  for (const std::int64_t milliseconds : {std::int64_t{0}, std::int64_t{1}, std::int64_t{253'402'300'799'999}}) {
    for (const ListQuery& listing : {query(), query("summer"), query({}, "cat"), query("summer", "cat"),
                                     query("summer", "cat", SortOrder::OldestFirst)}) {
      const auto decoded = decode_cursor(listing, encode_cursor(listing, position(milliseconds)));
      ASSERT_TRUE(decoded);
      EXPECT_EQ(*decoded, position(milliseconds));
    }
  }
}

TEST(ListCursor, LimitOrUserDiffersThenStillGood) {
  ListQuery other = query("summer");
  other.limit = 100;
  other.user = *UserId::parse("bob");
  EXPECT_TRUE(decode_cursor(other, encode_cursor(query("summer"), position())));
}

TEST(ListCursor, EncodedThenFitForAUrlAndOfOneLength) {
  const std::string text = encode_cursor(query(std::string(128, 'x')), position());
  EXPECT_EQ(text.size(), 54U);
  EXPECT_TRUE(base64url_decode(text));
}

TEST(ListCursor, OtherFiltersThenInvalidCursor) {
  const std::vector<ListQuery> listings = {query(),
                                           query("a"),
                                           query("b"),
                                           query({}, "a"),
                                           query("a", "b"),
                                           query("b", "a"),
                                           query("ab"),
                                           query(""),
                                           query({}, ""),
                                           query("", ""),
                                           query("a", ""),
                                           query("", "a"),
                                           query({}, {}, SortOrder::OldestFirst)};
  for (std::size_t made = 0; made < listings.size(); ++made) {
    for (std::size_t used = 0; used < listings.size(); ++used) {
      if (made == used) continue;
      expect_refused(listings[used], encode_cursor(listings[made], position()), "another albumId, tag or sortOrder");
    }
  }
}

TEST(ListCursor, NotOursThenInvalidCursor) {
  const std::string good = encode_cursor(query(), position());
  for (const std::string& text : {std::string(), std::string("x"), std::string("!!!"), good + "A", good + "=",
                                  " " + good, good.substr(0, 53), good.substr(1), good + good}) {
    expect_refused(query(), text, "malformed");
  }
}

// What a client could send that decodes to the right length but was never handed out.
TEST(ListCursor, ForgedPayloadThenInvalidCursor) {
  const auto good = *base64url_decode(encode_cursor(query(), position()));
  const auto forged = [&](std::size_t at, unsigned char value) {
    auto payload = good;
    payload[at] = std::byte{value};
    return base64url_encode(payload);
  };
  expect_refused(query(), forged(0, 2), "malformed");     // version
  expect_refused(query(), forged(1, 2), "another");       // order
  expect_refused(query(), forged(2, 0xff), "another");    // fingerprint
  expect_refused(query(), forged(6, 0x80), "malformed");  // a time before 1970
  expect_refused(query(), forged(6, 0x7f), "malformed");  // a time no calendar has
  expect_refused(query(), forged(14, '8'), "malformed");  // more than 128 bits
  expect_refused(query(), forged(20, 'u'), "malformed");  // not in a ULID's alphabet
}

TEST(ListCursor, EveryBitFlippedThenRefusedOrAnotherPosition) {
  const std::string good = encode_cursor(query(), position());
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string text = good;
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
      const auto decoded = decode_cursor(query(), text);
      if (decoded) EXPECT_EQ(encode_cursor(query(), *decoded), text);
    }
  }
}

}  // namespace
}  // namespace tintype::http
