#include "adapters/redis/redis_codec.h"

#include <gtest/gtest.h>

namespace tintype::redis {
namespace {

// All replies in `wire`, which is fed in pieces of `piece` bytes; an Error named "broken" stands for the reader's own.
std::vector<Reply> read_all(std::string_view wire, std::size_t piece, ReplyReader::Limits limits = {}) {
  ReplyReader reader(limits);
  std::vector<Reply> replies;
  for (std::size_t at = 0; at < wire.size(); at += piece) {
    auto fed = reader.feed(wire.substr(at, piece));
    for (;;) {
      auto next = fed ? reader.next() : fail(fed.error());
      if (!next) {
        EXPECT_EQ(next.error().code, ErrorCode::StoreUnavailable);
        replies.push_back({.type = Reply::Type::Error, .text = "broken"});
        return replies;
      }
      if (!*next) break;
      replies.push_back(std::move(**next));
    }
  }
  return replies;
}

std::string rendered(const Reply& reply) {
  switch (reply.type) {
    case Reply::Type::Nil:
      return "nil";
    case Reply::Type::Integer:
      return std::to_string(reply.integer);
    case Reply::Type::Text:
      return '"' + reply.text + '"';
    case Reply::Type::Error:
      return '!' + reply.text;
    case Reply::Type::Array:
      break;
  }
  std::string text = "[";
  for (const Reply& element : reply.elements) text += rendered(element) + ' ';
  return text + ']';
}

std::string rendered(const std::vector<Reply>& replies) {
  std::string text;
  for (const Reply& reply : replies) text += rendered(reply) + '\n';
  return text;
}

TEST(RedisCodec, CommandIsAnArrayOfBulkStrings) {
  std::string wire;
  append_command({"SET", "k", std::string("\0\r\n\xff", 4)}, wire);
  append_command({"GET", ""}, wire);
  EXPECT_EQ(wire, std::string("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\0\r\n\xff\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n", 49));
}

TEST(RedisCodec, RepliesAreTheSameHoweverTheyAreCut) {
  const std::string wire =
      "+OK\r\n:-42\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n*0\r\n-ERR no such thing\r\n"
      "*3\r\n$3\r\nabc\r\n*2\r\n:1\r\n*1\r\n$0\r\n\r\n*2\r\n-WRONGTYPE x\r\n$-1\r\n+PONG\r\n";
  const std::string expected =
      "\"OK\"\n-42\n\"a\r\n\"\nnil\nnil\n[]\n!ERR no such thing\n[\"abc\" [1 [\"\" ] ] [!WRONGTYPE x nil ] "
      "]\n\"PONG\"\n";
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) EXPECT_EQ(rendered(read_all(wire, piece)), expected);
}

TEST(RedisCodec, ReplyOfMegabytesComesWhole) {
  const std::string value(5'000'000, 'z');
  const auto replies = read_all("$5000000\r\n" + value + "\r\n:1\r\n", 16384);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].text, value);
}

TEST(RedisCodec, LongArrayKeepsItsElements) {
  std::string wire = "*2000\r\n";
  for (int i = 0; i < 1000; ++i)
    wire += "*2\r\n$1\r\nk\r\n*1\r\n:" + std::to_string(i) + "\r\n:" + std::to_string(i) + "\r\n";
  const auto replies = read_all(wire, 7);
  ASSERT_EQ(replies.size(), 1U);
  ASSERT_EQ(replies[0].elements.size(), 2000U);
  EXPECT_EQ(replies[0].elements[1998].elements[1].elements[0].integer, 999);
  EXPECT_EQ(replies[0].elements[1999].integer, 999);
}

TEST(RedisCodec, WhatIsNotResp2IsRefused) {
  for (const char* const wire :
       {"HTTP/1.1 400 Bad Request\r\n", "%1\r\n+a\r\n:1\r\n", "_\r\n", "#t\r\n", ",3.14\r\n", ">1\r\n+a\r\n",
        "~1\r\n+a\r\n", ":12x\r\n", "$-2\r\n", "$99999999999999999999\r\n", "*4294967297\r\n", "*-2\r\n", "\r\n"}) {
    EXPECT_EQ(rendered(read_all(wire, 1)), "!broken\n") << wire;
  }
}

TEST(RedisCodec, NestingHasALimit) {
  std::string deep;
  for (int i = 0; i < 7; ++i) deep += "*1\r\n";
  EXPECT_EQ(rendered(read_all(deep + ":1\r\n", 3)), "[[[[[[[1 ] ] ] ] ] ] ]\n");
  EXPECT_EQ(rendered(read_all(deep + "*1\r\n*1\r\n:1\r\n", 3)), "!broken\n");
}

TEST(RedisCodec, ReplyBeyondTheLimitIsRefusedBeforeItIsThere) {
  const ReplyReader::Limits limits{.bytes = 1000, .elements = 10};
  EXPECT_EQ(rendered(read_all("$2000\r\n" + std::string(1100, 'x'), 50, limits)), "!broken\n");
  EXPECT_EQ(
      rendered(read_all("*1000000000\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n:7\r\n:8\r\n:9\r\n:10\r\n", 50, limits)),
      "!broken\n");
}

TEST(RedisCodec, LimitIsForEachReplyAndNotForTheStream) {
  std::string wire;
  for (int i = 0; i < 100; ++i) wire += "*3\r\n:1\r\n:2\r\n$20\r\n" + std::string(20, 'x') + "\r\n";
  const auto replies = read_all(wire, 50, {.bytes = 200, .elements = 4});
  EXPECT_EQ(replies.size(), 100U);
  EXPECT_FALSE(replies.back().is_error());
}

}  // namespace
}  // namespace tintype::redis
